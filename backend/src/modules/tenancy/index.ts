export { AgenciesService, type AgencyName } from './agencies.service.js';
export { TenancyModule } from './tenancy.module.js';
