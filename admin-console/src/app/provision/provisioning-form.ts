import { httpResource } from '@angular/common/http';
import { afterNextRender, Component, computed, DOCUMENT, inject, Injector, resource, signal } from '@angular/core';
import { form, FormField, submit } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatInput } from '@angular/material/input';
import { MatRadioModule } from '@angular/material/radio';
import { MatSelectModule } from '@angular/material/select';
import { Router, RouterLink } from '@angular/router';
import { listSnapshots } from '../api/fn/snapshots/list-snapshots';
import type { Intake, SnapshotLibrary } from '../api/models';
import { Connections } from '../connect/connections';
import { SnapshotsApi } from '../snapshots/snapshots.api';
import { ChipsField } from '../ui/chips-field';
import { faultOf } from '../ui/fault';
import { kept } from '../ui/kept';
import { Loading } from '../ui/loading';
import { PageHeader } from '../ui/page-header';
import { ProblemBox } from '../ui/problem-box';
import { Advice } from './advice';
import { CustomValuesEditor } from './custom-values-editor';
import { toPlan, type DraftModel } from './draft-model';
import { adviceNews } from './fit-words';
import { planFaults, planRules } from './plan-rules';
import { ProvisionApi } from './provision.api';
import { ProvisioningDraft } from './provisioning-draft';
import { SnapshotSelector } from './snapshot-selector';
import { UsersEditor } from './users-editor';

const TYPING_PAUSE_MS = 700;

@Component({
  selector: 'app-provisioning-form',
  imports: [
    Advice,
    ChipsField,
    CustomValuesEditor,
    FormField,
    Loading,
    MatButton,
    MatFormFieldModule,
    MatIcon,
    MatInput,
    MatRadioModule,
    MatSelectModule,
    PageHeader,
    ProblemBox,
    RouterLink,
    SnapshotSelector,
    UsersEditor,
  ],
  templateUrl: './provisioning-form.html',
  styleUrl: './provisioning-form.scss',
})
export class ProvisioningForm {
  private readonly api = inject(ProvisionApi);
  private readonly document = inject(DOCUMENT);
  private readonly injector = inject(Injector);
  private readonly router = inject(Router);
  private readonly snapshots = inject(SnapshotsApi);
  protected readonly draft = inject(ProvisioningDraft);
  protected readonly connections = inject(Connections);

  protected readonly form = form(this.draft.model, planRules);
  protected readonly problem = signal<unknown>(undefined);
  protected readonly tried = signal(false);
  protected readonly fault = faultOf;
  protected readonly zones = Intl.supportedValuesOf('timeZone');

  protected readonly library = httpResource<SnapshotLibrary>(() => listSnapshots.PATH);
  private readonly intake = computed(() => JSON.stringify(intakeOf(this.draft.model())), {
    equal: (a, b) => a === b,
  });
  protected readonly recommendation = resource({
    params: () => {
      const { snapshot, business } = this.draft.model();
      return snapshot.mode === 'none' || !business.name.trim() ? undefined : this.intake();
    },
    loader: async ({ params, abortSignal }) => {
      await new Promise((resolve) => setTimeout(resolve, TYPING_PAUSE_MS));
      return abortSignal.aborted ? undefined : this.snapshots.recommend(JSON.parse(params) as Intake);
    },
  });
  protected readonly advice = kept(this.recommendation);
  /** Told to screen readers in one line; the panel itself is too much to be read out at each change. */
  protected readonly news = computed(() => {
    const advice = this.advice();
    return advice ? adviceNews(advice) : '';
  });
  protected readonly needed = computed(() => {
    const { mode, id } = this.draft.model().snapshot;
    const wanted = mode === 'choose' ? id : mode === 'recommend' ? this.advice()?.choice : null;
    const items = this.library.hasValue() ? this.library.value().items : [];
    return items.find((item) => item.id === wanted)?.customValues ?? [];
  });
  protected readonly faults = computed(
    () =>
      new Set(
        this.form()
          .errorSummary()
          .map(({ fieldTree }) => fieldTree),
      ).size,
  );

  protected choose(id: string): void {
    this.form.snapshot.id().value.set(id);
  }

  /** The button that was pressed goes away with its panel, so the keyboard follows to what it chose. */
  protected takeCandidate(id: string): void {
    this.form.snapshot().value.set({ mode: 'choose', id });
    this.focusOnceDrawn('input[name=snapshot]:checked');
  }

  protected takeNone(): void {
    this.form.snapshot().value.set({ mode: 'none', id: '' });
    this.focusOnceDrawn('[aria-labelledby=snapshot] .modes input:checked');
  }

  protected startOver(): void {
    this.draft.reset();
    this.form().reset();
    this.tried.set(false);
    this.problem.set(undefined);
  }

  protected async makePlan(): Promise<void> {
    this.problem.set(undefined);
    this.tried.set(true);
    await submit(this.form, {
      action: async () => {
        try {
          this.draft.plan.set(await this.api.plan(toPlan(this.draft.model())));
          await this.router.navigate(['/provision/review']);
          return undefined;
        } catch (error) {
          this.problem.set(error);
          return planFaults(this.form, error);
        }
      },
    });
    this.focusFirstFault();
  }

  private focusOnceDrawn(selector: string): void {
    afterNextRender(() => this.document.querySelector<HTMLElement>(selector)?.focus(), { injector: this.injector });
  }

  private focusFirstFault(): void {
    this.form().errorSummary()[0]?.fieldTree().focusBoundControl();
  }
}

function intakeOf({ business }: DraftModel): Intake {
  const { name, industry, description, services, goals, city, country } = business;
  return {
    name: name.trim(),
    ...(industry.trim() && { industry }),
    ...(description.trim() && { description }),
    ...(services.length && { services }),
    ...(goals.trim() && { goals }),
    ...(city.trim() && { city }),
    ...(country.trim() && { country }),
  };
}
