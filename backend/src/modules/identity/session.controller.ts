import { Body, Controller, Delete, Get, Post, Put, Req, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Secret } from '../../platform/crypto/index.js';
import { Allow, By, type Principal, Public, Returns, ReturnsNothing } from '../../platform/http/index.js';
import { SessionView, SetPassword, SignIn, SignInByLink } from './identity.schema.js';
import { SessionCookie } from './session-cookie.js';
import { SessionsService } from './sessions.service.js';
import { PasswordGuard, ProvenBy } from './password.guard.js';
import { type SignedIn, SignInService } from './sign-in.service.js';

@ApiTags('session')
@Controller('session')
export class SessionController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly signIns: SignInService,
    private readonly cookie: SessionCookie,
  ) {}

  @Post()
  @Public('Signing in is how a session begins')
  @UseGuards(PasswordGuard)
  @Returns(201, SessionView)
  async signIn(
    @ProvenBy() who: SignedIn,
    @Body({ schema: SignIn }) _body: SignIn,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.cookie.hand(reply, await this.sessions.open(who, this.cookie.read(request)));
  }

  @Post('link')
  @Public('A one-time link is how a session begins without a password')
  @Returns(201, SessionView)
  async signInByLink(
    @Body({ schema: SignInByLink }) { token }: SignInByLink,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const who = await this.signIns.byLink(new Secret(token), request.ip);
    return this.cookie.hand(reply, await this.sessions.open(who, this.cookie.read(request)));
  }

  @Get()
  @Allow('session.read')
  @Returns(200, SessionView)
  getSession(@By() by: Principal) {
    return this.sessions.view(by);
  }

  @Delete()
  @Allow('session.read')
  @ReturnsNothing()
  async signOut(@By() by: Principal, @Res({ passthrough: true }) reply: FastifyReply) {
    await this.sessions.end(by);
    this.cookie.take(reply);
  }

  @Put('password')
  @Allow('session.read')
  @ReturnsNothing()
  async setPassword(
    @By() by: Principal,
    @Body({ schema: SetPassword }) body: SetPassword,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    this.cookie.hand(reply, await this.sessions.setPassword(by, body, request.ip));
  }
}
