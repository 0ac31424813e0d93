import { type EmbeddedDatabase, startEmbeddedDatabase } from '../embedded-database.js';

/** The cluster's own Postgres, which can be crashed and launched again at the same address. */
export class ClusterPostgres {
  private constructor(
    private readonly launchIt: () => Promise<EmbeddedDatabase>,
    private running: EmbeddedDatabase,
  ) {}

  static async start(dataDir: string, log: (line: string) => void, connections: number): Promise<ClusterPostgres> {
    const launchIt = () => startEmbeddedDatabase(dataDir, log, connections);
    return new ClusterPostgres(launchIt, await launchIt());
  }

  get pid(): number {
    return this.running.postgres.pid;
  }

  /** As the product's own role; row-level security binds it. */
  get appUrl(): string {
    return this.running.appUrl.reveal();
  }

  get ownerUrl(): string {
    return this.running.ownerUrl.reveal();
  }

  /** As the superuser, who sees every agency and may end every connection. */
  get adminUrl(): string {
    return this.running.postgres.superuserUrl('switchyard');
  }

  /** Resolves when the server of now has ended, asked for or not. */
  get ended(): Promise<void> {
    return this.running.postgres.ended;
  }

  /** Cuts every connection and ends as a crash would. What was committed is there after the next launch. */
  crash(): Promise<void> {
    return this.running.postgres.stopImmediately();
  }

  async launch(): Promise<void> {
    const { port } = this.running.postgres;
    this.running = await this.launchIt();
    if (this.running.postgres.port !== port) throw new Error(`The port ${port} of Postgres was taken meanwhile.`);
  }

  stop(): Promise<void> {
    return this.running.postgres.stop();
  }
}
