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

  it('loads at most 200 kB of JavaScript, compressed, and keeps it', async () => {
    const page = await browser.newPage();
    const scripts: Response[] = [];
    page.on('response', (response) => {
      if (/\.js$/.test(new URL(response.url()).pathname)) scripts.push(response);
    });
    await page.goto(`${product.url}/sign-in`);
    await page.getByRole('button', { name: /sign in/i }).waitFor();
    await page.waitForLoadState('networkidle');
    const sizes = await Promise.all(scripts.map((script) => script.request().sizes()));
    expect(sizes.length).toBeGreaterThan(0);
    const total = sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
    expect(total).toBeLessThan(budget);
    for (const script of scripts) {
      const headers = await script.allHeaders();
      const tiny = Number(headers['content-length']) < 1_024;
      expect(headers['content-encoding']).toEqual(tiny ? undefined : expect.stringMatching(/^(br|gzip)$/));
      expect(headers['cache-control']).toContain('immutable');
    }
    await page.close();
  });
});
