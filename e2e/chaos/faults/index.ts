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
import { f51 } from './f51-cut-off-from-postgres.js';

/** Every fault of the suite; a new one is a file of its own and a line here. */
export const faults: readonly Fault[] = [f01, f02, f03, f04, f05, f06, f08, f09, f10, f11, f12, f13, f14, f51];
