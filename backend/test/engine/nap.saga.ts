import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { done, saga, SagaRegistry, type Step, type StepContext } from '../../src/engine/runs/index.js';

export const napMs = 50;

/** A step that takes its time and nothing else, like a call to a provider. */
@Injectable()
export class Nap implements Step<object, object> {
  static readonly step = 'nap';
  static readonly title = 'Take a nap';
  static readonly repeat = 'at-once';
  run(ctx: StepContext<object>) {
    return ctx.call(async () => {
      await new Promise((resolve) => setTimeout(resolve, napMs));
      return done({});
    });
  }
}

export const napSaga = saga('nap', { version: 1, input: z.object({}), steps: [Nap] });

@Module({ providers: [Nap] })
export class NapsModule implements OnModuleInit {
  constructor(private readonly registry: SagaRegistry) {}
  onModuleInit(): void {
    this.registry.register(napSaga);
  }
}
