import type { ModuleRef } from '@nestjs/core';
import { z } from 'zod';
import { done, saga, type StepClass } from './saga.js';
import { SagaRegistry } from './saga-registry.js';

class Wave {
  static readonly step = 'wave';
  static readonly title = 'Wave';
  static readonly repeat = 'at-once';
  run = async () => done({});
}
class Send {
  static readonly step = 'send';
  static readonly title = 'Send';
  static readonly repeat = 'on-evidence';
  run = async () => done({});
}

const bootWith = (steps: StepClass[], provided: unknown[] = steps) => {
  const moduleRef = {
    get: (token: new () => unknown) => {
      if (!provided.includes(token)) throw new Error('unknown');
      return new token();
    },
  };
  const registry = new SagaRegistry(moduleRef as unknown as ModuleRef);
  registry.register(saga('tested', { version: 1, input: z.object({}), steps }));
  registry.onApplicationBootstrap();
  return registry;
};

describe('SagaRegistry refuses to boot', () => {
  it('with a step that nobody provides', () => {
    expect(() => bootWith([Wave], [])).toThrow('The step wave of tested:1 has no provider');
  });

  it('with two steps of one name', () => {
    expect(() => bootWith([Wave, Wave])).toThrow('two steps of one name');
  });

  it('with one definition registered twice', () => {
    const registry = bootWith([Wave]);
    expect(() => registry.register(saga('tested', { version: 1, input: z.object({}), steps: [Wave] }))).toThrow(
      'registered twice',
    );
  });

  it('with a step that may not be repeated and cannot be looked for', () => {
    expect(() => bootWith([Send])).toThrow('has no reconcile');
  });

  it('and boots with another version of a saga beside the first', () => {
    const registry = bootWith([Wave]);
    registry.register(saga('tested', { version: 2, input: z.object({}), steps: [Wave] }));
    expect(registry.definitions()).toEqual(['tested:1', 'tested:2']);
  });
});
