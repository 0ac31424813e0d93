import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { toProblem } from '../../platform/http/to-problem.js';
import { Log } from '../../platform/logging/index.js';

/** What went wrong with an event is its answer: the same problem that REST would give. */
@Catch()
export class LiveProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const { problem, level } = toProblem(error, randomUUID().replaceAll('-', ''));
    if (level !== 'info') this.log[level]('An event was answered with a problem', { code: problem.code, error });
    const answer: unknown = host.getArgByIndex(2); // client, data, acknowledgement
    if (typeof answer === 'function') answer({ ok: false, ...problem });
  }
}
