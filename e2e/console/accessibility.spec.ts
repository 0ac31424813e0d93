import type { Browser, Page } from 'playwright-core';
import { violations } from '../support/axe.js';
import { describeInBrowser, openBrowser } from '../support/chromium.js';
import { StartedProduct } from '../support/started-product.js';

const pages = [
  'dashboard',
  'connect',
  'provision',
  'batches',
  'batches/new',
  'jobs',
  'snapshots',
  'snapshots/quality',
  'snapshots/no-such-snapshot',
  'workers',
  'settings',
  'audit',
  'no-such-page',
];

jest.setTimeout(120_000);

describeInBrowser('every page is open to everybody', () => {
  let product: StartedProduct;
  let browser: Browser;

  beforeAll(async () => {
    [product, browser] = await Promise.all([StartedProduct.start(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await product?.remove();
  });

  it.each(['light', 'dark'] as const)('in %s colours, by axe', async (colorScheme) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme, bypassCSP: true });
    const faults: Record<string, string[]> = {};
    await page.goto(`${product.url}/sign-in`);
    await page.getByRole('button', { name: /sign in/i }).waitFor();
    faults['sign-in'] = await violations(page);
    if (colorScheme === 'light') await page.goto(product.signInLink!);
    else await page.context().addCookies(kept);
    if (colorScheme === 'light') await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    kept = await page.context().cookies();
    for (const name of pages) {
      await page.goto(`${product.url}/${name}`);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      faults[name] = await violations(page);
    }
    await page.close();
    expect(Object.fromEntries(Object.entries(faults).filter(([, found]) => found.length > 0))).toEqual({});
  });
  let kept: Parameters<ReturnType<Page['context']>['addCookies']>[0] = [];

  it('works by keyboard: the first stop is the way past the navigation', async () => {
    const page = await browser.newPage();
    await page.context().addCookies(kept);
    await page.goto(`${product.url}/dashboard`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.keyboard.press('Tab');
    const first = await page.evaluate<string>('document.activeElement.textContent.trim()');
    expect(first).toMatch(/skip/i);
    await page.keyboard.press('Enter');
    expect(await page.evaluate<boolean>(`document.activeElement.closest('main') !== null`)).toBe(true);
    await page.close();
  });
});
