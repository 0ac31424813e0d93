import { HttpClient } from '@angular/common/http';
import { inject, Service } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import type { PlanProvisioning, ProvisioningPlan, ProvisioningView, StartProvisioning } from '../api/models';
import { withSubmissionKey } from '../http/idempotency';

@Service()
export class ProvisionApi {
  private readonly http = inject(HttpClient);

  plan(wish: PlanProvisioning): Promise<ProvisioningPlan> {
    return firstValueFrom(this.http.post<ProvisioningPlan>('/api/provision/plan', wish));
  }

  start(approved: StartProvisioning, key: string): Promise<ProvisioningView> {
    return firstValueFrom(this.http.post<ProvisioningView>('/api/provision', approved, withSubmissionKey(key)));
  }
}
