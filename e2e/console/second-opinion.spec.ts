import type { Browser, Page } from 'playwright-core';
import { type ChatSimulator, startChatSimulator } from '../../backend/src/integrations/llm/index.js';
import { faultsInEveryLook } from '../support/axe.js';
import { describeInBrowser, openBrowser } from '../support/chromium.js';
import { fillBusiness, openConsole } from '../support/console.js';
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
    page = await openConsole(browser, product);
  });
  afterAll(async () => {
    await browser?.close();
    await product?.remove();
    await model?.stop();
  });

  it('is said where it looked', async () => {
    await fillBusiness(page, product, 'Bright Smile', 'Dentist');
    await page.locator('app-advice').getByText('A language model took a second look').waitFor();
    await page.locator('app-advice .chosen').getByText('Dental Practice Essentials').waitFor();
    expect(await faultsInEveryLook(page)).toEqual([]);
  });

  it('and why its word does not count, where it gave none', async () => {
    model.always({ kind: 'say', content: '', refusal: 'I cannot help with that.' });
    await fillBusiness(page, product, 'Iron Temple', 'Gym');
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
