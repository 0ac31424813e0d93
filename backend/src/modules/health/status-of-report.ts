import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Observable, tap } from 'rxjs';
import type { HealthReport } from './health.schema.js';

export const statusOf = ({ status }: HealthReport) => (status === 'error' ? 503 : 200);

/** A report of something that is down is still a report, and not a problem of the request. */
@Injectable()
export class StatusOfReport implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<HealthReport>): Observable<HealthReport> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(tap((report) => void reply.code(statusOf(report))));
  }
}
