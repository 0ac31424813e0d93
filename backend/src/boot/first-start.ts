import type { INestApplicationContext } from '@nestjs/common';
import { FirstAdminService, SignInLinksService } from '../modules/identity/index.js';
import { AgenciesService, type AgencyName } from '../modules/tenancy/index.js';
import type { Config } from '../platform/config/index.js';
import type { Secret } from '../platform/crypto/index.js';
import { Transaction } from '../platform/database/index.js';

const DEMO_AGENCY = 'Northwind Growth Partners';

export interface WayIn {
  readonly agency: AgencyName;
  readonly email: string;
  /** A one-time link, while this administrator has no password. */
  readonly link?: Secret;
}

/** Makes sure that there is an agency and somebody who can sign in to it. */
export async function ensureWayIn(app: INestApplicationContext, config: Config): Promise<WayIn> {
  const agencies = app.get(AgenciesService);
  const agency = (await agencies.list())[0] ?? (await agencies.createAgency(DEMO_AGENCY));
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = config;
  const admin = await app.get(FirstAdminService).ensureFirstAdmin({ agencyId: agency.id, email, password });
  if (admin.link) return { agency, email: admin.email, link: admin.link.url };
  if (await hasPassword(app, agency, admin.userId)) return { agency, email: admin.email };
  const link = await app.get(SignInLinksService).createSignInLink(agency.id, admin.userId);
  return { agency, email: admin.email, link: link.url };
}

async function hasPassword(app: INestApplicationContext, { id }: AgencyName, userId: string): Promise<boolean> {
  const [user] = await app
    .get(Transaction)
    .run(id, (tx) =>
      tx.query<{ set: boolean }>(
        'SELECT password_hash IS NOT NULL AS set FROM users WHERE agency_id = $1 AND id = $2',
        [id, userId],
      ),
    );
  return user.set;
}
