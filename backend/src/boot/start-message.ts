import type { Config } from '../platform/config/index.js';
import type { WayIn } from './first-start.js';

const meaning = {
  simulator: 'simulator',
  real: 'real',
  off: 'off; set GHL_CLIENT_ID and GHL_CLIENT_SECRET to switch it on',
} as const;

/** What a person needs after a start, and nothing else. */
export function startMessage(config: Config, way: WayIn, dataDir: string, ms: number): string {
  const lines: [string, string][] = [
    ['Console', config.publicUrl],
    ...signInLines(way),
    [
      'HighLevel',
      config.ghlMode === 'off'
        ? meaning.off
        : `${meaning[config.ghlMode]}, at ${config.GHL_API_URL ?? 'HighLevel itself'}`,
    ],
    ['Data', `${dataDir} (logs in ${dataDir}/logs)`],
  ];
  return [
    `Switchyard is ready after ${(ms / 1000).toFixed(1)} s.`,
    '',
    ...lines.map(([name, text]) => `  ${name.padEnd(10)} ${text}`),
    '',
    '  Ctrl-C stops everything.',
    '',
  ].join('\n');
}

export function signInLines({ email, link }: WayIn): [string, string][] {
  if (link)
    return [
      ['Sign in', `${link.reveal()}`],
      ['', `works once, within 30 minutes, as ${email}; each start makes a new one until a password is set`],
    ];
  return [['Sign in', `as ${email}; lost the password? npm run switchyard -- user sign-in-link ${email}`]];
}
