import type { z } from 'zod';
import type { Clock } from '../../platform/clock/clock.js';
import type { Secret } from '../../platform/crypto/secret.js';
import { AppError } from '../../platform/errors/index.js';
import { ghlConsentUrl } from './ghl-consent-url.js';
import type { ConsentApp } from './ghl-consent-url.js';
import { endpoints } from './ghl-endpoints.js';
import type { EndpointName } from './ghl-endpoints.js';
import type { GhlRateBudget } from './ghl-rate-budget.js';
import { GhlTransport } from './ghl-transport.js';
import type { GhlRequest } from './ghl-transport.js';
import * as answers from './ghl.schema.js';
import {
  toCustomValue,
  toGrant,
  toInstalledLocations,
  toLocation,
  toLocationBody,
  toLocationToken,
  toSnapshot,
  toUser,
} from './ghl-mapping.js';
import { GhlPort } from './ghl.port.js';
import type * as port from './ghl.port.js';

export interface GhlClientOptions extends ConsentApp {
  /** Base of the API, such as `https://services.leadconnectorhq.com`. */
  apiUrl: string;
  clientSecret: Secret;
  /** The part of the client id before the first `-`, unless told otherwise. */
  appId?: string;
  callDeadlineMs: number;
  clock: Clock;
  budget: GhlRateBudget;
  fetch?: typeof globalThis.fetch;
}

type Ask<T extends z.ZodType> = Omit<GhlRequest<T>, 'name' | 'endpoint'>;

const pageSize = 100;
/** A page shorter than HighLevel's smallest page (search: 10, installed and loads: 20, users: 25) is the last one. */
const smallestLoadsPage = 20;
const mostPages = 50;

/** HighLevel's API over `fetch`. One method is one call; only the two lists that must be complete read several pages. */
export class GhlClient extends GhlPort {
  readonly #options: GhlClientOptions;
  readonly #appId: string;
  readonly #transport: GhlTransport;

  constructor(options: GhlClientOptions) {
    super();
    this.#options = options;
    this.#appId = options.appId ?? options.clientId.split('-')[0]!;
    this.#transport = new GhlTransport({ ...options, appId: this.#appId });
  }

  consentUrl(request: { state: string; redirectUri: string }): string {
    return ghlConsentUrl(this.#options, request);
  }

  exchangeCode(code: string, redirectUri: string, call?: port.GhlCall) {
    // Agencies install this app, so the grant is asked for the agency; a sub-account's own install answers `Location`.
    return this.#grant(
      'exchangeCode',
      { grant_type: 'authorization_code', code, redirect_uri: redirectUri, user_type: 'Company' },
      [],
      call,
    );
  }

  refreshGrant(refreshToken: Secret, holder: port.GhlHolder, call?: port.GhlCall) {
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken.reveal(), user_type: holder };
    return this.#grant('refreshGrant', form, [refreshToken], call);
  }

  async mintLocationToken(
    access: port.GhlAccess,
    locationId: string,
    call?: port.GhlCall,
  ): Promise<port.GhlLocationToken> {
    const before = this.#options.clock.now();
    const form = { companyId: access.companyId, locationId };
    const token = await this.#ask('mintLocationToken', { access, form, call, answer: answers.LocationTokenAnswer });
    return toLocationToken(token, form, before);
  }

  async installedLocations(access: port.GhlAccess, page: { skip: number; limit: number }, call?: port.GhlCall) {
    const query = {
      companyId: access.companyId,
      appId: this.#appId,
      skip: String(page.skip),
      limit: String(page.limit),
    };
    return toInstalledLocations(
      await this.#ask('installedLocations', { access, query, call, answer: answers.InstalledLocationsAnswer }),
    );
  }

  async getCompany(access: port.GhlAccess, call?: port.GhlCall) {
    const params = { companyId: access.companyId };
    const company = await this.#ask('getCompany', { access, params, call, answer: answers.CompanyAnswer });
    return { id: company.id, name: company.name ?? '' };
  }

  async uninstall(access: port.GhlAccess, call?: port.GhlCall) {
    const body = { companyId: access.companyId, locationId: access.locationId };
    await this.#ask('uninstall', { access, params: { appId: this.#appId }, body, call, answer: answers.RemovedAnswer });
  }

  async createLocation(access: port.GhlAccess, input: port.GhlNewLocation, call?: port.GhlCall) {
    const body = { companyId: access.companyId, ...toLocationBody(input), snapshotId: input.snapshotId };
    return toLocation(
      await this.#ask('createLocation', { access, body, call, answer: answers.LocationAnswer }),
      access.companyId,
    );
  }

  async getLocation(access: port.GhlAccess, locationId: string, call?: port.GhlCall) {
    const location = await this.#ask('getLocation', {
      access,
      params: { locationId },
      call,
      answer: answers.LocationAnswer,
    });
    return toLocation(location, access.companyId);
  }

  async searchLocations(
    access: port.GhlAccess,
    { email, skip = 0, limit = pageSize, order = 'asc' }: port.GhlLocationQuery,
    call?: port.GhlCall,
  ) {
    const query = {
      companyId: access.companyId,
      email,
      skip: String(skip),
      limit: String(Math.min(limit, pageSize)),
      order,
    };
    const { locations } = await this.#ask('searchLocations', { access, query, call, answer: answers.LocationsAnswer });
    return locations.map((location) => toLocation(location, access.companyId));
  }

  async updateLocation(
    access: port.GhlAccess,
    locationId: string,
    changes: port.GhlLocationChanges,
    call?: port.GhlCall,
  ) {
    const body = { companyId: access.companyId, ...toLocationBody(changes) };
    const location = await this.#ask('updateLocation', {
      access,
      params: { locationId },
      body,
      call,
      answer: answers.LocationAnswer,
    });
    return toLocation(location, access.companyId);
  }

  async deleteLocation(access: port.GhlAccess, locationId: string, call?: port.GhlCall) {
    const query = { deleteTwilioAccount: 'false' };
    await this.#ask('deleteLocation', { access, params: { locationId }, query, call, answer: answers.RemovedAnswer });
  }

  async listSnapshots(access: port.GhlAccess, call?: port.GhlCall) {
    const query = { companyId: access.companyId };
    const { snapshots } = await this.#ask('listSnapshots', { access, query, call, answer: answers.SnapshotsAnswer });
    return snapshots.map(toSnapshot);
  }

  async loadSnapshot(access: port.GhlAccess, locationId: string, snapshotId: string, call?: port.GhlCall) {
    // Never `override`: it would replace what the agency has already changed in the sub-account.
    const body = { companyId: access.companyId, snapshot: { id: snapshotId, override: false } };
    await this.#ask('loadSnapshot', { access, params: { locationId }, body, call, answer: answers.LocationAnswer });
  }

  async snapshotLoads(
    access: port.GhlAccess,
    snapshotId: string,
    period: { from: Date; to: Date },
    call?: port.GhlCall,
  ) {
    const loads = new Map<string, port.GhlSnapshotLoad>();
    const within = this.#oneDeadline(call);
    let lastDoc = '';
    for (let page = 0; page < mostPages; page++) {
      const query = {
        companyId: access.companyId,
        from: period.from.toISOString(),
        to: period.to.toISOString(),
        lastDoc,
        limit: String(pageSize),
      };
      const { data } = await this.#ask('snapshotLoads', {
        access,
        params: { snapshotId },
        query,
        call: within(),
        answer: answers.SnapshotLoadsAnswer,
      });
      const fresh = data.filter((load) => !loads.has(load.id));
      for (const load of fresh)
        loads.set(load.id, { locationId: load.locationId, status: load.status ?? '', startedAt: load.dateAdded });
      if (fresh.length < smallestLoadsPage) break;
      lastDoc = fresh.at(-1)!.id;
    }
    return [...loads.values()];
  }

  async snapshotLoad(access: port.GhlAccess, snapshotId: string, locationId: string, call?: port.GhlCall) {
    const query = { companyId: access.companyId };
    try {
      const { data } = await this.#ask('snapshotLoad', {
        access,
        params: { snapshotId, locationId },
        query,
        call,
        answer: answers.SnapshotLoadAnswer,
      });
      return data?.status === undefined ? undefined : { ...data, status: data.status };
    } catch (error) {
      // "No such load" is an expected answer; its form is not documented.
      if (error instanceof AppError && error.kind === 'not-found') return undefined;
      throw error;
    }
  }

  async listCustomValues(access: port.GhlAccess, locationId: string, call?: port.GhlCall) {
    const { customValues } = await this.#ask('listCustomValues', {
      access,
      params: { locationId },
      call,
      answer: answers.CustomValuesAnswer,
    });
    return customValues.map(toCustomValue);
  }

  async createCustomValue(
    access: port.GhlAccess,
    locationId: string,
    body: { name: string; value: string },
    call?: port.GhlCall,
  ) {
    return toCustomValue(
      await this.#ask('createCustomValue', {
        access,
        params: { locationId },
        body: pair(body),
        call,
        answer: answers.CustomValueAnswer,
      }),
    );
  }

  async updateCustomValue(
    access: port.GhlAccess,
    locationId: string,
    id: string,
    body: { name: string; value: string },
    call?: port.GhlCall,
  ) {
    return toCustomValue(
      await this.#ask('updateCustomValue', {
        access,
        params: { locationId, id },
        body: pair(body),
        call,
        answer: answers.CustomValueAnswer,
      }),
    );
  }

  async deleteCustomValue(access: port.GhlAccess, locationId: string, id: string, call?: port.GhlCall) {
    await this.#ask('deleteCustomValue', { access, params: { locationId, id }, call, answer: answers.RemovedAnswer });
  }

  async findUsersByEmail(access: port.GhlAccess, emails: string[], call?: port.GhlCall) {
    const body = {
      companyId: access.companyId,
      emails: emails.join(','),
      skip: '0',
      limit: String(pageSize),
      projection: 'all',
    };
    const { users } = await this.#ask('findUsersByEmail', { access, body, call, answer: answers.UsersAnswer });
    return users.map(toUser);
  }

  async usersOfLocation(access: port.GhlAccess, locationId: string, call?: port.GhlCall) {
    const users = new Map<string, port.GhlUser>();
    const within = this.#oneDeadline(call);
    for (let page = 0; page < mostPages; page++) {
      const query = { companyId: access.companyId, locationId, skip: String(users.size), limit: String(pageSize) };
      const answer = await this.#ask('usersOfLocation', { access, query, call: within(), answer: answers.UsersAnswer });
      const fresh = answer.users.filter((user) => !users.has(user.id));
      for (const user of fresh) users.set(user.id, toUser(user));
      if (fresh.length === 0 || users.size >= (answer.count ?? users.size)) break;
    }
    return [...users.values()];
  }

  async getUser(access: port.GhlAccess, userId: string, call?: port.GhlCall) {
    return toUser(await this.#ask('getUser', { access, params: { userId }, call, answer: answers.UserAnswer }));
  }

  async createUser(access: port.GhlAccess, input: port.GhlNewUser, call?: port.GhlCall) {
    const { firstName, lastName, email, password, type, role, locationIds, phone } = input;
    const body = {
      companyId: access.companyId,
      ...{ firstName, lastName, email, type, role, locationIds, phone },
      password: password.reveal(),
    };
    const secrets = [password];
    return toUser(await this.#ask('createUser', { access, body, secrets, call, answer: answers.UserAnswer }));
  }

  async setUserLocations(access: port.GhlAccess, userId: string, locationIds: string[], call?: port.GhlCall) {
    const body = { companyId: access.companyId, locationIds };
    return toUser(
      await this.#ask('setUserLocations', { access, params: { userId }, body, call, answer: answers.UserAnswer }),
    );
  }

  async deleteUser(access: port.GhlAccess, userId: string, call?: port.GhlCall) {
    await this.#ask('deleteUser', { access, params: { userId }, call, answer: answers.RemovedAnswer });
  }

  forecast(spender: port.GhlSpender, calls: number, lane?: port.GhlLane) {
    return this.#transport.forecast(spender, calls, lane);
  }

  probe(call?: port.GhlCall) {
    return this.#transport.probe(call);
  }

  #ask<T extends z.ZodType>(name: EndpointName, ask: Ask<T>): Promise<z.output<T>> {
    return this.#transport.send({ name, endpoint: endpoints[name], ...ask });
  }

  async #grant(
    name: 'exchangeCode' | 'refreshGrant',
    fields: Record<string, string>,
    secrets: Secret[],
    call?: port.GhlCall,
  ) {
    const before = this.#options.clock.now();
    const { clientId, clientSecret } = this.#options;
    const form = { client_id: clientId, client_secret: clientSecret.reveal(), ...fields };
    const grant = await this.#ask(name, {
      form,
      secrets: [clientSecret, ...secrets],
      call,
      answer: answers.GrantAnswer,
    });
    return toGrant(grant, before);
  }

  /** Several pages are one call to the caller: they share its deadline. */
  #oneDeadline(call: port.GhlCall = {}): () => port.GhlCall {
    const ends = this.#options.clock.monotonic() + (call.deadlineMs ?? this.#options.callDeadlineMs);
    return () => ({ ...call, deadlineMs: ends - this.#options.clock.monotonic() });
  }
}

/** HighLevel refuses any other property, so a wider object must not slip through. */
const pair = ({ name, value }: { name: string; value: string }) => ({ name, value });
