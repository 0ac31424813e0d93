import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Tx } from '../../platform/database/index.js';
import { ApiKey } from './api-key.entity.js';
import { User } from './user.entity.js';

/** What `user:<id>` and `api-key:<id>` are called today. */
@Injectable()
export class ActorNames {
  async of(tx: Tx, actors: readonly string[]): Promise<Map<string, string>> {
    const idsOf = (kind: string) =>
      In([
        ...new Set(actors.filter((actor) => actor.startsWith(`${kind}:`)).map((actor) => actor.slice(kind.length + 1))),
      ]);
    const users = await tx.manager.find(User, {
      where: { agencyId: tx.tenant, id: idsOf('user') },
      select: { id: true, name: true },
    });
    const keys = await tx.manager.find(ApiKey, {
      where: { agencyId: tx.tenant, id: idsOf('api-key') },
      select: { id: true, name: true },
    });
    return new Map([
      ...users.map((user) => [`user:${user.id}`, user.name] as const),
      ...keys.map((key) => [`api-key:${key.id}`, key.name] as const),
    ]);
  }
}
