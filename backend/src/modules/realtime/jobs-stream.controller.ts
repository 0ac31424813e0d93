import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow, By, Id, type Principal, ReturnsStream } from '../../platform/http/index.js';
import { FollowJob } from './realtime.schema.js';
import { RealtimeService } from './realtime.service.js';
import { startOf } from './stream-start.js';

/** The same log for programs without WebSocket: curl, the command line, an EventSource. */
@ApiTags('jobs')
@Controller('jobs')
export class JobsStreamController {
  constructor(private readonly realtime: RealtimeService) {}

  @Get(':id/events')
  @Allow('jobs.read')
  @ReturnsStream(
    'text/event-stream',
    'Lines of the log as they are written: events `line` and `changed`; Last-Event-ID resumes',
  )
  async followJob(
    @By() by: Principal,
    @Param('id', { schema: Id }) id: string,
    @Query({ schema: FollowJob }) query: FollowJob,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ) {
    const stream = await this.realtime.follow(by, id, startOf(lastEventId, query.after));
    // Sent by ourselves: a body that Nest sends is read through streams of its own, which do not hear that this one was
    // cut while nobody reads.
    void reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no').send(stream);
  }
}
