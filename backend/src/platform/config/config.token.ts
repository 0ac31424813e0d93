import type { Provider } from '@nestjs/common';
import type { Config } from './load-config.js';

/** Inject the checked configuration with `@Inject(CONFIG) config: Config`. */
export const CONFIG = Symbol('CONFIG');
export const provideConfig = (config: Config): Provider => ({ provide: CONFIG, useValue: config });
