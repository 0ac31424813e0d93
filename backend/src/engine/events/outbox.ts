import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import { storableJson } from '../storable-json.js';

export interface DomainEvent {
  /** Past tense, such as `connection.renewed`. */
  type: string;
  payload: Record<string, unknown>;
}

/** Tells what happened, after the commit of what happened and at least once. */
@Injectable()
export class Outbox {
  async tell(tx: Tx, event: DomainEvent): Promise<void> {
    await tx.query('INSERT INTO outbox (agency_id, type, payload) VALUES ($1, $2, $3)', [
      tx.tenant,
      event.type,
      storableJson(event.payload),
    ]);
  }
}
