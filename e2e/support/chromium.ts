import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const executablePath = process.env['CHROMIUM_PATH'] ?? places.find((place) => existsSync(place));
const required = (process.env['SWITCHYARD_REQUIRE'] ?? '').split(',').includes('chromium');

/** `describe` where there is a browser; skipped, and named as such, where there is none; an error where one is required. */
export function describeInBrowser(name: string, stories: () => void): void {
  if (executablePath) describe(name, stories);
  else if (required)
    describe(name, () =>
      it('needs Chromium', () => Promise.reject(new Error('Chromium is required and was not found.'))),
    );
  else describe.skip(`${name} (skipped: no Chromium on this machine)`, stories);
}

/** Quiet and closed: no background calls, no sandbox where root runs it. */
export function openBrowser(): Promise<Browser> {
  const quiet = [
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox', ...quiet] : quiet });
}
