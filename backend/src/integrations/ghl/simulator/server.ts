import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { checkAccess, tokenOfRequest } from './auth.js';
import { consentPage, consentPath, deadConsentPage, decide } from './consent.js';
import { control } from './control.js';
import { checkFields } from './fields.js';
import type { FaultScript } from './faults.js';
import { cut, misdelivered, otherList } from './fault-answers.js';
import { ok, readBody, Refusal, serialise, write } from './http.js';
import type { SimAnswer, SimRequest } from './http.js';
import { withoutSecrets } from './journal.js';
import type { JournalEntry } from './journal.js';
import { latencyOf } from './latency.js';
import { findRoute } from './routes.js';
import type { Sim } from './sim.js';

const pause = (ms: number) => (ms > 0 ? new Promise<void>((resolve) => setTimeout(resolve, ms)) : Promise.resolve());

/** The way of a request: control, consent page, or the API with latency, faults, limits, access, effect and answer. */
export function createSimServer(sim: Sim): Server {
  return createServer((incoming, outgoing) => {
    handle(sim, incoming, outgoing).catch((error: unknown) => {
      if (outgoing.headersSent || outgoing.destroyed || incoming.destroyed) return cut(outgoing);
      write(outgoing, serialise(refusalOf(sim, error)));
    });
  });
}

async function handle(sim: Sim, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const method = incoming.method ?? 'GET';
  const { pathname: path, searchParams: query } = new URL(incoming.url ?? '/', 'http://simulator');
  const { body, isForm } = await readBody(incoming);
  sim.settle();
  if (path.startsWith('/__sim/')) {
    // A page in a browser on this machine is not a test: browsers name their origin when they post.
    if (!isLoopback(incoming.socket.remoteAddress) || incoming.headers.origin)
      throw new Refusal(403, 'Only from this machine');
    return answerPlainly(sim, outgoing, control(sim, method, path, body, query));
  }
  if (path === consentPath && method === 'GET') return answerPlainly(sim, outgoing, consentPage(sim, query));
  if (path === consentPath && method === 'POST') {
    return answerPlainly(sim, outgoing, decide(sim, new URLSearchParams(body as Record<string, string>)));
  }
  if (path === '/oauth/chooselocation') return answerPlainly(sim, outgoing, deadConsentPage(query));
  const token = tokenOfRequest(sim, incoming.headers);
  const request: SimRequest = {
    serial: ++sim.serial,
    method,
    path,
    query,
    headers: incoming.headers,
    body,
    isForm,
    params: {},
    token,
    applied: [],
  };
  return callApi(sim, request, outgoing);
}

/** Consent page and control: no latency, no faults, no journal. */
async function answerPlainly(sim: Sim, outgoing: ServerResponse, answer: SimAnswer): Promise<void> {
  await sim.store.commit();
  write(outgoing, serialise(answer));
}

async function callApi(sim: Sim, request: SimRequest, outgoing: ServerResponse): Promise<void> {
  const { token, serial, method, path, query } = request;
  const resource = token && `${sim.appId}/${token.locationId ?? token.companyId}`;
  const entry = sim.journal.open({
    serial,
    at: new Date(sim.now()).toISOString(),
    method,
    path,
    query: query.toString(),
    resource,
    tokenClass: token?.holder,
    body: withoutSecrets(request.body),
    applied: request.applied,
  });
  const rate = resource ? sim.rate.spend(resource, sim.now()) : { allowed: true, headers: {} };
  const latency = latencyOf(serial, sim.options.seed, sim.options.latency);
  await pause(latency / 2);
  const fault = rate.allowed ? sim.faults.take(request) : undefined;
  if (fault) entry.fault = `${fault.kind} ${fault.when ?? 'before'}`;
  if (
    fault &&
    fault.when !== 'after' &&
    !(await survives(sim, fault, 'received', request, entry, outgoing, rate.headers))
  )
    return;
  if (fault?.kind === 'late') return applyLate(sim, fault, request, entry, outgoing);
  const applied = rate.allowed ? apply(sim, request) : refusalOf(sim, new Refusal(429, 'Too Many Requests'));
  const answer = fault ? otherList(fault, request, applied) : applied;
  sim.journal.keep(entry);
  await sim.store.commit();
  if (fault?.when === 'after' && !(await survives(sim, fault, 'applied', request, entry, outgoing, rate.headers)))
    return;
  await pause(latency / 2);
  const full = serialise({ ...answer, headers: { ...rate.headers, ...answer.headers } });
  settleEntry(sim, entry, full.status);
  if (!fault || !(await misdelivered(outgoing, full, fault))) write(outgoing, full);
}

/** The caller hears nothing and gives up; long after that it takes effect. */
async function applyLate(
  sim: Sim,
  fault: FaultScript,
  request: SimRequest,
  entry: JournalEntry,
  outgoing: ServerResponse,
): Promise<void> {
  cut(outgoing);
  await pause(fault.delayMs ?? 1_000);
  apply(sim, request);
  sim.journal.keep(entry);
  await sim.store.commit();
}

function apply(sim: Sim, request: SimRequest): SimAnswer {
  try {
    sim.settle();
    if (request.path === '/') return ok({ status: 'ok' });
    const found = findRoute(request.method, request.path);
    // A wrong path, case or method is answered as if it were a matter of rights (#306).
    if (!found)
      throw new Refusal(
        request.token ? 401 : 404,
        request.token
          ? 'This route is not yet supported by the IAM Service. Please update your IAM config.'
          : `Cannot ${request.method} ${request.path}`,
      );
    request.params = found.params;
    checkAccess(sim, found.route, request);
    if (found.route.fields) checkFields(request.body, found.route.fields);
    return found.route.run(sim, request);
  } catch (error) {
    return refusalOf(sim, error);
  }
}

/** Plays a fault at its moment. False when the request ends here. */
async function survives(
  sim: Sim,
  fault: FaultScript,
  phase: 'received' | 'applied',
  request: SimRequest,
  entry: JournalEntry,
  outgoing: ServerResponse,
  rateHeaders: Record<string, string>,
): Promise<boolean> {
  if (fault.kind === 'reset') return cut(outgoing);
  if (fault.kind === 'timeout') return false; // the other side gives up, or the simulator's end closes the connection
  if (fault.kind === 'hold') {
    const { serial, method, path } = request;
    return (await sim.faults.hold({ serial, method, path, phase })) === 'answer' || cut(outgoing);
  }
  if (fault.kind !== 'status') return true;
  await pause(fault.delayMs ?? 0);
  const status = fault.status ?? 500;
  const body = (fault.body as object | string | undefined) ?? {
    statusCode: status,
    message: 'Internal server error',
    traceId: sim.makeId('trace'),
  };
  const full = serialise({ status, body, headers: rateHeaders });
  for (const [name, value] of Object.entries(fault.headers ?? {})) {
    if (value === null) delete full.headers[name.toLowerCase()];
    else full.headers[name.toLowerCase()] = value;
  }
  settleEntry(sim, entry, status);
  write(outgoing, full);
  return false;
}

function settleEntry(sim: Sim, entry: JournalEntry, status: number): void {
  entry.status = status;
  sim.journal.keep(entry);
}

/** Anything but a refusal is a fault of the simulator itself, and must not look like HighLevel's. */
function refusalOf(sim: Sim, error: unknown): SimAnswer {
  if (!(error instanceof Refusal)) return ok({ statusCode: 500, message: `Simulator: ${String(error)}` }, 500);
  return ok(
    { statusCode: error.status, message: error.words, error: error.error, traceId: sim.makeId('trace') },
    error.status,
  );
}

const isLoopback = (address = '') => address === '::1' || /^(::ffff:)?127\./.test(address);
