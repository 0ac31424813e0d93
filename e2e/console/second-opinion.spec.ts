import type { Browser, Page } from 'playwright-core';
import { type ChatSimulator, startChatSimulator } from '../../backend/src/integrations/llm/index.js';
import { faultsInEveryLook } from '../support/axe.js';
import { describeInBrowser, openBrowser } from '../support/chromium.js';
import { StartedProduct } from '../support/started-product.js';

jest.setTimeout(180_000);

describeInBrowser('a language model takes a second look at snapshots', () => {
  let model: ChatSimulator;
  let product: StartedProduct;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    model = await startChatSimulator();
    const env = { OPENAI_MODEL: 'sim-model', OPENAI_BASE_URL: model.url };
    [product, browser] = await Promise.all([StartedProduct.start({ env }), openBrowser()]);
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, bypassCSP: true });
    page.setDefaultTimeout(15_000);
    await page.goto(product.signInLink!);
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    await page.goto(`${product.url}/connect`);
    await page
      .getByRole('button', { name: /connect/i })
      .first()
      .click();
    await page.getByRole('button', { name: /approve/i }).click();
    await page.getByText('Connected', { exact: true }).first().waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await product?.remove();
    await model?.stop();
  });

  const fillBusiness = async (name: string, industry: string) => {
    await page.goto(`${product.url}/provision`);
    await page.getByRole('button', { name: 'Start over' }).click();
    await page.getByLabel('Business name').fill(name);
    await page.getByLabel('Industry').fill(industry);
  };

  it('is said where it looked', async () => {
    await fillBusiness('Bright Smile', 'Dentist');
    await page.locator('app-advice').getByText('A language model took a second look').waitFor();
    await page.locator('app-advice .chosen').getByText('Dental Practice Essentials').waitFor();
    expect(await faultsInEveryLook(page)).toEqual([]);
  });

  it('and why its word does not count, where it gave none', async () => {
    model.always({ kind: 'say', content: '', refusal: 'I cannot help with that.' });
    await fillBusiness('Iron Temple', 'Gym');
    await page.locator('app-advice .note').waitFor();
    await page.locator('app-advice .chosen').getByText('Gym Member Magnet').waitFor();
    expect(await page.locator('app-advice').getByText('A language model took a second look').count()).toBe(0);
    expect(await faultsInEveryLook(page)).toEqual([]);
  });

  it('is counted on the quality page against the budget of the day', async () => {
    model.always(undefined);
    await page.goto(`${product.url}/snapshots/quality`);
    await page.getByText(/sim-model was asked \d+ of 500 times today/).waitFor();
    await page.getByText(/\d+ questions? had no answer that could be used/).waitFor();
    expect(await faultsInEveryLook(page)).toEqual([]);
  });
});
