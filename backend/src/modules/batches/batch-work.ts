import { z } from 'zod';
import { saga } from '../../engine/runs/index.js';
import { BeginJobs } from './steps/begin-jobs.step.js';
import { CheckRows } from './steps/check-rows.step.js';

const input = z.object({ batchId: z.uuid(), connectionId: z.uuid(), revision: z.int() });

/** Reads every row of a batch; takes up where it stopped when its process ends. Names of steps are stored: never rename one. */
export const checkSaga = saga('batch-check', { version: 1, input, steps: [CheckRows], background: true });

/** Begins the jobs of a batch, some rows at a time. Names of steps are stored: never rename one. */
export const startSaga = saga('batch-start', { version: 1, input, steps: [BeginJobs], background: true });
