import { provideHttpClient } from '@angular/common/http';
import { TestBed } from '@angular/core/testing';
import { aSnapshot } from '../testing/samples';
import { AnnotationForm } from './annotation-form';

function aForm() {
  TestBed.configureTestingModule({ providers: [provideHttpClient()] });
  const fixture = TestBed.createComponent(AnnotationForm);
  const show = (snapshot = aSnapshot()) => {
    fixture.componentRef.setInput('snapshot', snapshot);
    fixture.detectChanges();
  };
  show();
  const vertical = (fixture.nativeElement as HTMLElement).querySelector('input')!;
  vertical.value = 'Orthodontics';
  vertical.dispatchEvent(new Event('input'));
  fixture.detectChanges();
  return { form: fixture.componentInstance, show, vertical };
}

describe('the notes on a snapshot', () => {
  it('keep what is being typed when the library is read again', () => {
    const { form, show, vertical } = aForm();
    show(aSnapshot({ loads: { done: 1, underWay: 0, failed: 0, lastFailure: null } }));
    expect(vertical.value).toBe('Orthodontics');
    expect(form.unsaved()).toBe(true);
  });

  it('are those that were noted last when they change, and those of another snapshot when it is shown', () => {
    const { form, show, vertical } = aForm();
    show(aSnapshot({ vertical: 'Dentists', annotatedAt: '2026-11-21T10:00:00Z' }));
    expect(vertical.value).toBe('Dentists');
    expect(form.unsaved()).toBe(false);
    show(aSnapshot({ id: 's9', vertical: 'Gym' }));
    expect(vertical.value).toBe('Gym');
  });
});
