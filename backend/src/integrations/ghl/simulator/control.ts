import type { FaultScript } from './faults.js';
import { ok, Refusal } from './http.js';
import type { SimAnswer } from './http.js';
import { uninstall } from './oauth.routes.js';
import type { Sim } from './sim.js';
import type { SimSignature, SimState, SimWebhookMode } from './state.js';

type Act = (sim: Sim, body: Record<string, unknown>, query: URLSearchParams) => SimAnswer;

/** What tests and the demo may do to the simulated world. Only reachable from this machine. */
const acts: Record<string, Act> = {
  'GET /__sim/public-key': (sim) => ok({ pem: sim.webhooks.publicKeyPem }),
  'GET /__sim/journal': (sim, _, query) =>
    ok({ serial: sim.serial, entries: sim.journal.after(Number(query.get('after') ?? 0)) }),
  'GET /__sim/state': (sim) => {
    const { codes, access, refresh, ...shown } = sim.state;
    const tokens = {
      codes: Object.keys(codes).length,
      access: Object.keys(access).length,
      refresh: Object.keys(refresh).length,
    };
    return ok({
      ...shown,
      tokens,
      held: heldCalls(sim),
      faults: sim.faults.scripts,
      now: new Date(sim.now()).toISOString(),
    });
  },
  'GET /__sim/held': (sim) => ok({ held: heldCalls(sim) }),
  'GET /__sim/clock': (sim) => ok({ now: new Date(sim.now()).toISOString() }),
  /** `{advanceMs}` moves the simulator's time forward. */
  'POST /__sim/clock': (sim, body) => {
    sim.state.clockOffsetMs += Number(body.advanceMs ?? 0);
    sim.webhooks.wake();
    return ok({ now: new Date(sim.now()).toISOString() });
  },
  'POST /__sim/reset': (sim) => {
    sim.faults.reset();
    sim.journal.reset();
    sim.rate.reset();
    sim.serial = 0;
    sim.store.state = { ...sim.freshState(), webhookUrl: sim.state.webhookUrl };
    return ok({});
  },
  /** Adds or changes by id: `{companies, snapshots, locations, users, access}`; `access` also takes private integration tokens. */
  'POST /__sim/seed': (sim, body) => {
    for (const list of ['companies', 'snapshots', 'locations', 'users'] as const) upsert(sim.state, list, body[list]);
    Object.assign(sim.state.access, body.access ?? {});
    return ok({});
  },
  'POST /__sim/faults': (sim, body) => {
    const scripts = (Array.isArray(body.scripts) ? body.scripts : [body]) as FaultScript[];
    for (const script of scripts) {
      if (!script.kind) throw new Refusal(422, ['kind should not be empty']);
      sim.faults.add(script);
    }
    return ok({ scripts: sim.faults.scripts });
  },
  'DELETE /__sim/faults': (sim) => {
    sim.faults.reset();
    return ok({});
  },
  /** `{serial?, then?: "answer" | "reset"}`; without a serial everything that is held. */
  'POST /__sim/release': (sim, body) =>
    ok({ released: sim.faults.release(body.serial as number | undefined, body.then === 'reset' ? 'reset' : 'answer') }),
  'POST /__sim/uninstall': (sim, body) => {
    uninstall(sim, (body.companyId as string | undefined) ?? sim.state.companies[0]!.id);
    return ok({});
  },
  /** `{tokens: "access" | "refresh" | "all"}` ends tokens; `{scope}` takes one scope from every installation. */
  'POST /__sim/revoke': (sim, body) => {
    if (body.tokens === 'access' || body.tokens === 'all') sim.state.access = {};
    if (body.tokens === 'refresh' || body.tokens === 'all') sim.state.refresh = {};
    for (const { installation } of sim.state.companies) {
      if (installation) installation.scopes = installation.scopes.filter((scope) => scope !== body.scope);
    }
    return ok({});
  },
  /** `{url?, mode?, send?: {type, fields, signature?}, times?}`: where webhooks go, how they misbehave, and extra ones. */
  'POST /__sim/webhooks': (sim, body) => {
    if (body.url !== undefined) sim.state.webhookUrl = body.url as string;
    Object.assign(sim.state.webhookMode, (body.mode as Partial<SimWebhookMode> | undefined) ?? {});
    const send = body.send as { type: string; fields?: Record<string, unknown>; signature?: SimSignature } | undefined;
    const sent = send
      ? Array.from({ length: Number(body.times ?? 1) }, () =>
          sim.webhooks.tell(send.type, send.fields ?? {}, 0, send.signature),
        )
      : [];
    return ok({ sent, pending: sim.state.deliveries.length });
  },
};

export function control(
  sim: Sim,
  method: string,
  path: string,
  body: Record<string, unknown>,
  query: URLSearchParams,
): SimAnswer {
  const act = acts[`${method} ${path}`];
  if (!act) throw new Refusal(404, `Cannot ${method} ${path}`);
  const answer = act(sim, body, query);
  if (method !== 'GET') sim.store.changed();
  return answer;
}

const heldCalls = (sim: Sim) =>
  sim.faults.held.map(({ serial, method, path, phase }) => ({ serial, method, path, phase }));

function upsert(state: SimState, list: 'companies' | 'snapshots' | 'locations' | 'users', rows: unknown): void {
  const known = state[list] as { id: string }[];
  for (const row of (rows ?? []) as { id: string }[]) {
    const old = known.find(({ id }) => id === row.id);
    if (old) Object.assign(old, row);
    else known.push(row);
  }
}
