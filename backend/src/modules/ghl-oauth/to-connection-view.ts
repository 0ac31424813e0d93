import { ghlScopes } from '../../integrations/ghl/index.js';
import type { GhlConnectionEntity } from './ghl-connection.entity.js';
import type { GhlConnectionView } from './ghl-oauth.schema.js';

export function toConnectionView(connection: GhlConnectionEntity): GhlConnectionView {
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
    warnings: warningsOf(connection, missingScopes),
    accessExpiresAt: connection.accessExpiresAt.toISOString(),
    refreshDueAt: connection.refreshDueAt.toISOString(),
    connectedBy: connection.connectedBy,
    connectedAt: connection.connectedAt.toISOString(),
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
