export { BulkProvisioning, type PlannedOne } from './bulk-provisioning.js';
export { ListedLocations, ListLocations } from './list-locations.js';
export { candidatesOf, type MadePlan, type PlanningDesk } from './planner.js';
export { ProvisioningModule } from './provisioning.module.js';
export {
  type CustomValue,
  type NewTeamMember,
  PlanProvisioning,
  type SnapshotChoice,
  SnapshotDecision,
  valueKey,
} from './provisioning.schema.js';
export { businessKey, plainName } from './to-location.js';
export { countLoadCalls } from './snapshot-look.js';
