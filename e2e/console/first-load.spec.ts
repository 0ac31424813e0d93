import { type Browser, type Response } from 'playwright-core';
import { describeInBrowser, openBrowser } from '../support/chromium.js';
import { StartedProduct } from '../support/started-product.js';

jest.setTimeout(120_000);

/** What a person waits for: JavaScript over the wire until the first page is there. */
const budget = 200 * 1024;

describeInBrowser('the first page', () => {
  let product: StartedProduct;
  let browser: Browser;
  beforeAll(async () => {
    [product, browser] = await Promise.all([StartedProduct.start(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await product?.remove();
  });

  it.each([
    ['for somebody new', () => `${product.url}/sign-in`],
    ['for somebody signing in, up to the dashboard', () => product.signInLink!],
  ])('%s takes at most 200 kB of JavaScript, compressed and kept', async (_, address) => {
    const page = await browser.newPage();
    const scripts: Response[] = [];
    page.on('response', (response) => {
      if (/\.js$/.test(new URL(response.url()).pathname)) scripts.push(response);
    });
    await page.goto(address());
    await page.getByRole('heading', { name: /sign in|dashboard/i }).waitFor();
    await page.waitForLoadState('networkidle');
    let total = 0;
    for (const script of scripts) {
      const { responseBodySize } = await script.request().sizes();
      const headers = await script.allHeaders();
      total += responseBodySize;
      if (responseBodySize > 1_024) expect(headers['content-encoding']).toMatch(/^(br|gzip)$/);
      expect(headers['cache-control']).toContain('immutable');
    }
    expect(scripts.length).toBeGreaterThan(0);
    expect(total).toBeLessThan(budget);
    await page.close();
  });
});
