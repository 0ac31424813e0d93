import { UseFilters, UsePipes } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';
import type { Server } from 'socket.io';
import { SchemaPipe } from '../../platform/http/schema.pipe.js';
import { LiveProblemFilter } from './live-problem.filter.js';
import { UnwatchRun, WatchBatches, WatchJobs, WatchRun } from './realtime.schema.js';
import { RealtimeService } from './realtime.service.js';
import type { LiveSocket } from './socket-viewer.js';

/** The WebSocket door at /socket.io. The console opens one socket and says what it watches. */
@WebSocketGateway()
@UseFilters(LiveProblemFilter)
@UsePipes(new SchemaPipe())
export class RealtimeGateway implements OnGatewayInit<Server>, OnGatewayConnection<LiveSocket> {
  @WebSocketServer() readonly server!: Server;

  constructor(private readonly realtime: RealtimeService) {}

  afterInit(server: Server): void {
    this.realtime.guard(server);
  }

  handleConnection(socket: LiveSocket): void {
    this.realtime.admit(socket);
  }

  @SubscribeMessage('run:watch')
  watchRun(@ConnectedSocket() socket: LiveSocket, @MessageBody({ schema: WatchRun }) body: WatchRun) {
    return this.realtime.watchRun(socket, body);
  }

  @SubscribeMessage('run:unwatch')
  unwatchRun(@ConnectedSocket() socket: LiveSocket, @MessageBody({ schema: UnwatchRun }) body: UnwatchRun) {
    return this.realtime.unwatchRun(socket, body);
  }

  @SubscribeMessage('jobs:watch')
  watchJobs(@MessageBody({ schema: WatchJobs }) _body: WatchJobs, @ConnectedSocket() socket: LiveSocket) {
    return this.realtime.watchJobs(socket);
  }

  @SubscribeMessage('batches:watch')
  watchBatches(@MessageBody({ schema: WatchBatches }) _body: WatchBatches, @ConnectedSocket() socket: LiveSocket) {
    return this.realtime.watchBatches(socket);
  }
}
