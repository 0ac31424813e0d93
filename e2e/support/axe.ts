import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Violation {
  id: string;
  help: string;
  nodes: { target: string[] }[];
}

/** What axe finds on the page as it stands. The debugger injects it, so the page's own policy stays as strict as it is. */
export async function violations(page: Page): Promise<string[]> {
  await page.waitForLoadState('networkidle');
  await page.evaluate(source);
  const run = await page.evaluate<{ violations: Violation[] }>(
    `axe.run(document, { runOnly: ${JSON.stringify(rules)} })`,
  );
  return run.violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target.join(' ')).join(', ')})`,
  );
}

/** Violations in light and in dark colours, and whether a phone would have to scroll sideways. */
export async function faultsInEveryLook(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // A colour on its way to another is neither.
    await page.waitForTimeout(500);
    faults.push(...(await violations(page)).map((fault) => `${colorScheme}: ${fault}`));
  }
  const size = page.viewportSize()!;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForTimeout(500);
  // The page scrolls inside the frame of the navigation.
  const hidden = await page.evaluate<number>(
    `Math.max(...[document.documentElement, document.querySelector('mat-sidenav-content')].map((it) => it.scrollWidth - it.clientWidth))`,
  );
  if (hidden > 0) faults.push(`390 px: ${hidden} px are hidden to the side`);
  faults.push(...(await violations(page)).map((fault) => `390 px: ${fault}`));
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: 'light' });
  return faults;
}
