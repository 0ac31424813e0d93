import { effect, Service, signal } from '@angular/core';
import type { ProvisioningPlan } from '../api/models';
import { emptyDraft, type DraftModel } from './draft-model';

const STORED = 'switchyard.provisioning-draft';

/** What is being filled in. Survives going back and forth, and a reload of this tab; signing out clears it. */
@Service()
export class ProvisioningDraft {
  readonly model = signal<DraftModel>(stored());
  readonly plan = signal<ProvisioningPlan | undefined>(undefined);

  constructor() {
    effect(() => sessionStorage.setItem(STORED, JSON.stringify(this.model())));
  }

  reset(): void {
    this.model.set(emptyDraft());
    this.plan.set(undefined);
  }
}

function stored(): DraftModel {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORED) ?? 'null') as Partial<DraftModel> | null;
    const empty = emptyDraft();
    return { ...empty, ...kept, business: { ...empty.business, ...kept?.business } };
  } catch {
    // A draft of an older console, or not ours: start empty rather than not at all.
    return emptyDraft();
  }
}
