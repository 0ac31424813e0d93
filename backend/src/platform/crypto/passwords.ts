import { Injectable } from '@nestjs/common';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { AppError } from '../errors/index.js';
import { limitParallel } from './limit-parallel.js';
import { Secret } from './secret.js';

/** OWASP's least for argon2id: 19 MiB, two passes, one lane. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const PARALLEL = 4;
const IN_LINE = 400;

/** Password hashes. Memory is what they cost, so only a few are worked on at a time. */
@Injectable()
export class Passwords {
  private readonly inTurn = limitParallel(PARALLEL, IN_LINE);
  private decoy?: Promise<string>;

  async hash(password: Secret): Promise<string> {
    return this.work(() => hash(password.reveal(), cost));
  }

  async matches(password: Secret, stored: string): Promise<boolean> {
    return this.work(() => verify(stored, password.reveal()));
  }

  /** As long as `matches` takes, for an account that does not exist; never true. */
  async matchesNobody(password: Secret): Promise<false> {
    this.decoy ??= this.hash(new Secret('nobody has this password'));
    await this.matches(password, await this.decoy);
    return false;
  }

  /** Was it made with less than what we ask for today? */
  isOutdated(stored: string): boolean {
    const made = parseOptions(stored);
    return made.memoryCost < cost.memoryCost || made.timeCost < cost.timeCost;
  }

  private async work<Result>(act: () => Promise<Result>): Promise<Result> {
    const result = await this.inTurn(act);
    if (result === undefined)
      throw new AppError(
        'rate-limited',
        'too-many-sign-ins',
        'Too many people sign in at this moment. Try again soon.',
        { retryAfterMs: 5_000 },
      );
    return result;
  }
}
