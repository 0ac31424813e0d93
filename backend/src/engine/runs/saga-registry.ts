import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { checkStateTables } from './run-states.js';
import type { Saga, Step, StepClass } from './saga.js';

/** Who knows how to carry which run. Modules register their sagas; nothing here knows what a saga is about. */
@Injectable()
export class SagaRegistry implements OnApplicationBootstrap {
  private readonly sagas = new Map<string, Saga>();
  private readonly steps = new Map<StepClass, Step<unknown, unknown>>();

  constructor(private readonly moduleRef: ModuleRef) {}

  register<Input>(saga: Saga<Input>): void {
    const known = saga as unknown as Saga;
    const key = definitionKey(known);
    if (this.sagas.has(key)) throw new Error(`The saga ${key} is registered twice.`);
    const names = known.steps.map((step) => step.step);
    if (new Set(names).size !== names.length) throw new Error(`The saga ${key} has two steps of one name.`);
    this.sagas.set(key, known);
  }

  /** Refuses to boot with a step that nobody provides, or that could be repeated blindly. */
  onApplicationBootstrap(): void {
    checkStateTables();
    for (const [key, saga] of this.sagas) {
      for (const step of saga.steps) {
        const instance = this.provided(step, key);
        if (step.repeat === 'on-evidence' && !instance.reconcile) {
          throw new Error(
            `The step ${step.step} of ${key} makes something that cannot be asked for twice, but has no reconcile.`,
          );
        }
        this.steps.set(step, instance);
      }
    }
  }

  /** `name:version` of everything this process can carry. */
  definitions(): string[] {
    return [...this.sagas.keys()];
  }

  find(name: string, version: number): Saga | undefined {
    return this.sagas.get(`${name}:${version}`);
  }

  stepOf(step: StepClass): Step<unknown, unknown> {
    const instance = this.steps.get(step);
    if (!instance) throw new Error(`The step ${step.step} belongs to no registered saga.`);
    return instance;
  }

  private provided(step: StepClass, key: string): Step<unknown, unknown> {
    try {
      return this.moduleRef.get<Step<unknown, unknown>>(step, { strict: false });
    } catch {
      throw new Error(`The step ${step.step} of ${key} has no provider.`);
    }
  }
}

export const definitionKey = (saga: Pick<Saga, 'name' | 'version'>) => `${saga.name}:${saga.version}`;
