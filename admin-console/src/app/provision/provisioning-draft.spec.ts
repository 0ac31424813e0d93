import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Session } from '../session/session';
import { aPlan } from '../testing/samples';
import { emptyDraft } from './draft-model';
import { ProvisioningDraft } from './provisioning-draft';

function aTab() {
  const view = signal<{ user: { id: string } } | null>({ user: { id: 'ada' } });
  TestBed.configureTestingModule({ providers: [{ provide: Session, useValue: { view } }] });
  const draft = TestBed.inject(ProvisioningDraft);
  draft.model.set({ ...emptyDraft(), existing: 'adopt' });
  draft.plan.set(aPlan());
  TestBed.tick();
  const signIn = (id: string | null) => {
    view.set(id ? { user: { id } } : null);
    TestBed.tick();
  };
  return { draft, signIn };
}

describe('the draft of a provisioning', () => {
  beforeEach(() => sessionStorage.clear());

  it('is there again after the session ended and the same person came back', () => {
    const { draft, signIn } = aTab();
    signIn(null);
    signIn('ada');
    expect(draft.model().existing).toBe('adopt');
  });

  it('is not shown to another person at the same tab', () => {
    const { draft, signIn } = aTab();
    signIn(null);
    signIn('ben');
    expect(draft.model()).toEqual(emptyDraft());
    expect(draft.plan()).toBeUndefined();
  });

  it('survives a reload of the tab, and ignores what it cannot read', () => {
    aTab();
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({ providers: [{ provide: Session, useValue: { view: signal(null) } }] });
    expect(TestBed.inject(ProvisioningDraft).model().existing).toBe('adopt');
    TestBed.resetTestingModule();
    sessionStorage.setItem('switchyard.provisioning-draft', '{broken');
    TestBed.configureTestingModule({ providers: [{ provide: Session, useValue: { view: signal(null) } }] });
    expect(TestBed.inject(ProvisioningDraft).model()).toEqual(emptyDraft());
  });
});
