import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A cable that can be spoilt: everything between a process and its Postgres, or between a caller and an API, goes
 * through one of these. Latency delays each direction; a stall keeps bytes back until it is healed; a cut refuses new
 * connections as well.
 */
export class TcpProxy {
  private latencyMs = 0;
  private stalled?: { until: Promise<void>; heal: () => void };
  private refusing = false;
  private swallowsAnswers = false;
  private bytesLeft = Number.POSITIVE_INFINITY;
  private readonly pairs = new Set<[Socket, Socket]>();

  private constructor(
    private readonly server: Server,
    private readonly to: { host: string; port: number },
  ) {
    server.on('connection', (near) => this.join(near));
  }

  static async before(to: { host?: string; port: number }): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TcpProxy(server, { host: to.host ?? '127.0.0.1', port: to.port });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Everything arrives so much later, in each direction. */
  delay(latencyMs: number): void {
    this.latencyMs = latencyMs;
  }

  /** Connections stay open, and nothing passes. */
  stall(): void {
    let heal!: () => void;
    const until = new Promise<void>((resolve) => (heal = resolve));
    this.stalled ??= { until, heal };
  }

  /** Requests pass, answers do not. */
  swallowAnswers(): void {
    this.swallowsAnswers = true;
  }

  /** Ends every connection with a reset. */
  reset(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  /** The other side says that it will send no more, and goes on listening. */
  halfClose(): void {
    for (const [near] of this.pairs) near.end();
  }

  /** Resets after so many bytes more. */
  cutAfter(bytes: number): void {
    this.bytesLeft = bytes;
  }

  /** As if the cable were pulled, and every end noticed. */
  cut(): void {
    this.refusing = true;
    this.reset();
  }

  heal(): void {
    this.latencyMs = 0;
    this.refusing = false;
    this.swallowsAnswers = false;
    this.bytesLeft = Number.POSITIVE_INFINITY;
    this.stalled?.heal();
    this.stalled = undefined;
  }

  async close(): Promise<void> {
    this.cut();
    this.heal();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket): void {
    if (this.refusing) return void near.resetAndDestroy();
    const far = connect({ ...this.to, allowHalfOpen: true });
    const pair: [Socket, Socket] = [near, far];
    this.pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
    this.pump(near, far, false);
    this.pump(far, near, true);
  }

  /** In order: a chunk waits for the one before it. */
  private pump(from: Socket, to: Socket, isAnswer: boolean): void {
    let before = Promise.resolve();
    const inTurn = (act: () => void) => {
      const due = this.latencyMs > 0 ? performance.now() + this.latencyMs : 0;
      if (!due && !this.stalled && pending === 0) return act();
      pending++;
      before = before.then(async () => {
        if (due) await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
        await this.stalled?.until;
        pending--;
        act();
      });
    };
    let pending = 0;
    from.on('data', (chunk: Buffer) => {
      if (isAnswer && this.swallowsAnswers) return;
      inTurn(() => this.pass(chunk, to));
    });
    from.on('end', () => inTurn(() => to.end()));
  }

  private pass(chunk: Buffer, to: Socket): void {
    this.bytesLeft -= chunk.length;
    if (this.bytesLeft >= 0) to.write(chunk);
    else this.reset();
  }
}
