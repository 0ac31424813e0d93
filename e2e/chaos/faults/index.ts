import type { Fault } from '../fault.js';
import { f01, f02 } from './f01-f02-kill-at-each-call.js';
import { f03 } from './f03-between-answer-and-commit.js';
import { f04 } from './f04-at-each-step-boundary.js';
import { f05 } from './f05-at-random-moments.js';
import { f06 } from './f06-two-kills.js';
import { f08 } from './f08-between-insert-and-nudge.js';
import { f09 } from './f09-webhook-not-committed.js';
import { f10 } from './f10-before-the-answer-leaves.js';
import { f11, f12 } from './f11-f12-frozen.js';
import { f13, f14 } from './f13-f14-asked-to-stop.js';
import { f17, f18, f19, f20 } from './f17-f20-redis.js';
import { f21 } from './f21-orphaned-postgres.js';
import { f22, f23, f24 } from './f22-f24-postgres.js';
import { f26 } from './f26-migrated-by-many.js';
import { f29 } from './f29-one-slot-many-schedulers.js';
import { f30 } from './f30-clock-skew.js';
import { tenMinutesOf429 } from './f31-ten-minutes.js';
import { f31, f32, f33, f34, f35, f36 } from './f31-f36-highlevel.js';
import { f37 } from './f37-access-lost.js';
import { f44, f45 } from './f44-f45-herd-and-poison.js';
import { f46 } from './f46-refresh-race.js';
import { f49 } from './f49-viewers.js';
import { f50 } from './f50-noisy-neighbour.js';
import { f51 } from './f51-cut-off-from-postgres.js';
import { tenThousand } from './ten-thousand.js';

/** Every fault of the suite; a new one is a file of its own and a line here. */
export const faults: readonly Fault[] = [
  ...[f01, f02, f03, f04, f05, f06, f08, f09, f10, f11, f12, f13, f14],
  ...[f17, f18, f19, f20],
  ...[f21, f22, f23, f24, f26],
  ...[f29, f30],
  ...[f31, f32, f33, f34, f35, f36, f37],
  ...[f44, f45, f46, f49, f50, f51],
  ...[tenThousand, tenMinutesOf429],
];
