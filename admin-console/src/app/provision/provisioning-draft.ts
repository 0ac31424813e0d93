import { effect, inject, Service, signal, untracked } from '@angular/core';
import type { ProvisioningPlan } from '../api/models';
import { Session } from '../session/session';
import { emptyDraft, type DraftModel } from './draft-model';

const STORED = 'switchyard.provisioning-draft';

/** What is being filled in. Survives going back and forth, and a reload of this tab; signing out clears it. */
@Service()
export class ProvisioningDraft {
  readonly model = signal<DraftModel>(stored());
  readonly plan = signal<ProvisioningPlan | undefined>(undefined);

  private readonly session = inject(Session);
  private owner: string | undefined;

  constructor() {
    effect(() => {
      const person = this.session.view()?.user?.id;
      if (person) untracked(() => this.belongTo(person));
    });
    effect(() => sessionStorage.setItem(STORED, JSON.stringify(this.model())));
  }

  /** A session that ended and began again keeps the draft; another person at this tab does not get it. */
  private belongTo(person: string): void {
    if (this.owner && this.owner !== person) this.reset();
    this.owner = person;
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
