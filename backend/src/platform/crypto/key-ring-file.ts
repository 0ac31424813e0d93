import { readFile } from 'node:fs/promises';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { CONFIG } from '../config/config.token.js';
import type { Config } from '../config/load-config.js';
import { Log } from '../logging/log.js';
import { KeyRing, parseKeyRing } from './key-ring.js';
import { Secret } from './secret.js';

const LOOK_EVERY_MS = 2_000;

/** Reads VAULT_KEYS_FILE again and again, so that a process learns of a new key without a restart. */
@Injectable()
export class KeyRingFile implements OnModuleInit, OnModuleDestroy {
  private timer?: NodeJS.Timeout;
  private lastFault?: string;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly ring: KeyRing,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    if (this.config.vaultKeysFile) this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** A file that is away or cannot be understood changes nothing: the keys that were read before stay. */
  async look(): Promise<void> {
    const before = this.ring.ids;
    try {
      this.ring.become(parseKeyRing(new Secret((await readFile(this.config.vaultKeysFile!, 'utf8')).trim())));
      this.lastFault = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.lastFault) this.log.error('VAULT_KEYS_FILE cannot be used; the keys in use stay', { error });
      this.lastFault = message;
    }
    if (this.ring.ids.join() !== before.join()) this.log.info('The key ring was read anew', { kids: this.ring.ids });
  }
}
