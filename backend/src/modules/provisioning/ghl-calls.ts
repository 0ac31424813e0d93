import { Injectable } from '@nestjs/common';
import type { StepContext } from '../../engine/runs/index.js';
import type { GhlAccess, GhlCall } from '../../integrations/ghl/index.js';
import { GhlAccounts } from '../ghl-oauth/index.js';

interface OfConnection {
  connectionId: string;
}
type Ask<Answer> = (access: GhlAccess, call: GhlCall) => Promise<Answer>;

/** A step's calls to HighLevel: with a token that is good now, under the run's lease and deadline, in its queue's turn. */
@Injectable()
export class GhlCalls {
  constructor(private readonly accounts: GhlAccounts) {}

  company<Answer>(ctx: StepContext<OfConnection>, ask: Ask<Answer>): Promise<Answer> {
    return this.accounts.asCompany(ctx.tenant, ctx.input.connectionId, (access) =>
      ctx.call((call) => ask(access, { ...call, lane: ctx.queue })),
    );
  }

  location<Answer>(ctx: StepContext<OfConnection>, locationId: string, ask: Ask<Answer>): Promise<Answer> {
    const { tenant, input, queue } = ctx;
    return this.accounts.asLocation(tenant, input.connectionId, locationId, { lane: queue }, (access) =>
      ctx.call((call) => ask(access, { ...call, lane: queue })),
    );
  }
}
