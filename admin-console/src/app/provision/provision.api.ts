import { inject, Service } from '@angular/core';
import { Api } from '../api/api';
import { planProvisioning } from '../api/fn/provision/plan-provisioning';
import { startProvisioning } from '../api/fn/provision/start-provisioning';
import type { PlanProvisioning, ProvisioningPlan, ProvisioningView, StartProvisioning } from '../api/models';

@Service()
export class ProvisionApi {
  private readonly api = inject(Api);

  plan(wish: PlanProvisioning): Promise<ProvisioningPlan> {
    return this.api.invoke(planProvisioning, { body: wish });
  }

  start(approved: StartProvisioning, key: string): Promise<ProvisioningView> {
    return this.api.invoke(startProvisioning, { body: approved, 'Idempotency-Key': key });
  }
}
