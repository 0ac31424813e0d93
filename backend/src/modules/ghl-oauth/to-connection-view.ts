import { ghlScopes } from '../../integrations/ghl/index.js';
import type { BreakerStore } from './breaker-store.js';
import type { GhlConnectionEntity } from './ghl-connection.entity.js';
import type { BreakerView, GhlConnectionView } from './ghl-oauth.schema.js';

type BreakerRows = Awaited<ReturnType<BreakerStore['notClosedOf']>>;

export function toConnectionView(connection: GhlConnectionEntity, breakers: BreakerRows): GhlConnectionView {
  const missingScopes = ghlScopes.filter((scope) => !connection.scopes.includes(scope));
  return {
    id: connection.id,
    provider: 'ghl',
    companyId: connection.companyId,
    companyName: connection.companyName,
    status: connection.status,
    statusReason: connection.statusReason,
    scopes: connection.scopes,
    missingScopes,
    installToFutureLocations: connection.installToFutureLocations,
    breakers: breakers.filter(({ connection_id }) => connection_id === connection.id).map(toBreakerView),
    warnings: warningsOf(connection, missingScopes),
    accessExpiresAt: connection.accessExpiresAt.toISOString(),
    refreshDueAt: connection.refreshDueAt.toISOString(),
    connectedBy: connection.connectedBy,
    connectedAt: connection.connectedAt.toISOString(),
  };
}

function toBreakerView({ endpoint_group, state, opened_at, cause, probe_at }: BreakerRows[number]): BreakerView {
  return {
    part: endpoint_group,
    state,
    since: opened_at.toISOString(),
    cause,
    nextProbeAt: state === 'open' ? probe_at.toISOString() : null,
  };
}

function warningsOf(connection: GhlConnectionEntity, missingScopes: string[]): string[] {
  const warnings: string[] = [];
  if (connection.holder === 'Location') {
    warnings.push(
      'Only one sub-account was connected. To create sub-accounts, an owner or admin of the agency must connect the whole agency.',
    );
  }
  if (connection.installToFutureLocations === false) {
    warnings.push(
      'New sub-accounts will not get the app by themselves, so their custom values cannot be written. In HighLevel, open the app and allow future sub-accounts, then check again.',
    );
  }
  if (missingScopes.length > 0)
    warnings.push(`Not granted: ${missingScopes.join(', ')}. Add these scopes to the app and connect again.`);
  return warnings;
}
