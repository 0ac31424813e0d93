import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { form, submit } from '@angular/forms/signals';
import { ProblemError } from '../http/problem';
import { serverFaults } from '../ui/server-faults';
import { emptyDraft, emptyUser, toPlan, type DraftModel } from './draft-model';
import { planFaults, planRules } from './plan-rules';

function aDraft(change: Partial<DraftModel> = {}): DraftModel {
  const draft = emptyDraft();
  return { ...draft, business: { ...draft.business, name: 'Bright Smile', email: 'hi@bright.example' }, ...change };
}

const aForm = (draft: DraftModel) => TestBed.runInInjectionContext(() => form(signal(draft), planRules));
const refusal = (...errors: { pointer: string; detail: string }[]) =>
  new ProblemError({
    type: 't',
    title: 'Bad request',
    status: 400,
    code: 'invalid-request',
    detail: '',
    traceId: '',
    errors,
  });

describe('the rules of the provisioning form', () => {
  it('accept a name and an address alone', () => {
    expect(aForm(aDraft())().valid()).toBe(true);
  });

  it('leave out what was not filled in', () => {
    expect(toPlan(aDraft())).toEqual({
      business: { name: 'Bright Smile', email: 'hi@bright.example' },
      snapshot: 'recommend',
      customValues: [],
      users: [],
      existing: 'refuse',
    });
  });

  it('are the rules of the server, on the field they speak of', () => {
    const draft = aDraft({ users: [emptyUser()] });
    const tree = aForm({ ...draft, business: { ...draft.business, phone: '12', country: 'usa' } });
    expect(tree.business.phone().errors()[0]?.message).toContain('international number');
    expect(tree.business.country().errors()[0]?.message).toContain('two-letter');
    expect(tree.users[0].email().errors()[0]?.message).toBe('must be an e-mail address');
    expect(tree.business.email().valid()).toBe(true);
  });

  it('speak of one service at the list of services', () => {
    const draft = aDraft();
    const tree = aForm({ ...draft, business: { ...draft.business, services: ['Implants', 'x'.repeat(201)] } });
    expect(tree.business.services().errors()).toHaveLength(1);
    expect(tree.business.description().valid()).toBe(true);
  });

  it('find a value that is listed twice', () => {
    const tree = aForm(
      aDraft({
        customValues: [
          { name: 'a', value: '1' },
          { name: 'A', value: '2' },
        ],
      }),
    );
    expect(tree.customValues[1].name().errors()[0]?.message).toContain('is listed twice');
    expect(tree.customValues[0].name().valid()).toBe(true);
  });

  it('ask for a snapshot when one is to be chosen', () => {
    const tree = aForm(aDraft({ snapshot: { mode: 'choose', id: '' } }));
    expect(tree.snapshot.id().errors()[0]?.message).toBe('choose a snapshot');
  });

  it("show the server's faults on their fields after a refusal, until the field is changed", async () => {
    const tree = aForm(aDraft({ customValues: [{ name: 'a', value: '1' }] }));
    const error = refusal(
      { pointer: '/business/website', detail: 'is not reachable' },
      { pointer: '/customValues/0/name', detail: 'is reserved' },
      { pointer: '/snapshot/id', detail: 'is gone' },
    );
    await submit(tree, async () => planFaults(tree, error));
    expect(tree.business.website().errors()[0]?.message).toBe('is not reachable');
    expect(tree.customValues[0].name().errors()[0]?.message).toBe('is reserved');
    expect(tree.snapshot.id().errors()[0]?.message).toBe('is gone');
    tree.business.website().value.set('https://other.example');
    expect(tree.business.website().errors()).toEqual([]);
  });

  it('put a fault that names no field of the form on the nearest part', () => {
    const tree = aForm(aDraft());
    const [fault, unknown] = serverFaults(
      tree,
      refusal({ pointer: '/business/a~1b', detail: 'x' }, { pointer: '', detail: 'y' }),
    );
    expect(fault.fieldTree).toBe(tree.business);
    expect(unknown.fieldTree).toBe(tree);
  });
});
