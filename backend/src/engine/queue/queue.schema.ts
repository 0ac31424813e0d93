import { z } from 'zod';

/** Heaviest first. A driver may carry them apart; the order of work is decided by the claim. */
export const QueueLane = z.enum(['priority', 'default', 'bulk']).meta({ id: 'QueueName' });
export type QueueLane = z.output<typeof QueueLane>;
