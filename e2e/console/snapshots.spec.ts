import type { Browser, Page } from 'playwright-core';
import { faultsInEveryLook } from '../support/axe.js';
import { describeInBrowser, openBrowser } from '../support/chromium.js';
import { fillBusiness, openConsole } from '../support/console.js';
import { StartedProduct } from '../support/started-product.js';

jest.setTimeout(180_000);

describeInBrowser('an agency gets the right snapshot, and sees why', () => {
  let product: StartedProduct;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [product, browser] = await Promise.all([StartedProduct.start(), openBrowser()]);
    page = await openConsole(browser, product);
  });
  afterAll(async () => {
    await browser?.close();
    await product?.remove();
  });

  const askFor = async (percent: number) => {
    await page.goto(`${product.url}/settings/general`);
    await page.getByLabel(/fit of \(percent\)/).fill(String(percent));
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Settings saved').waitFor();
  };

  /** A snapshot that HighLevel lists besides those of the simulator. */
  const seed = async (change: object) => {
    const [{ companyId }] = (await (await page.request.get(`${product.url}/api/connections`)).json()).items;
    const snapshot = {
      id: 'broken-funnel-0000001',
      companyId,
      name: 'Broken funnel',
      type: 'own',
      assets: ['funnels'],
    };
    const answer = await fetch(`${product.simulatorUrl}/__sim/seed`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ snapshots: [{ ...snapshot, customValues: [], ...change }] }),
    });
    if (!answer.ok) throw new Error(`The simulator answered ${answer.status}`);
  };

  it('describes a snapshot, and is asked before the words are lost', async () => {
    await page.goto(`${product.url}/snapshots`);
    await page.getByRole('link', { name: 'Describe it Dental Practice Essentials' }).click();
    await page.getByRole('heading', { name: 'Where it is loaded' }).waitFor();
    await page.getByLabel('Vertical').fill('Dental');
    await page.getByLabel('Language').fill('en');
    const contents = page.getByRole('textbox', { name: 'Contents' });
    await contents.fill('Recall workflow');
    await contents.press('Enter');
    await page.getByText('Not saved yet').waitFor();
    expect(await faultsInEveryLook(page)).toEqual([]);
    await page.getByRole('navigation').getByRole('link', { name: 'Jobs' }).click();
    await page.getByRole('button', { name: 'Stay on this page' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Notes saved').waitFor();
    await page.getByText('No sub-account has been provisioned with this snapshot yet.').waitFor();
  });

  it('finds it again by its language', async () => {
    await page.goto(`${product.url}/snapshots?language=en`);
    await page.getByRole('heading', { name: 'Dental Practice Essentials' }).waitFor();
    expect(await page.locator('app-snapshot-card').count()).toBe(1);
    await page.goto(`${product.url}/snapshots`);
    await page.getByRole('heading', { name: 'Gym Member Magnet' }).waitFor();
    expect(await faultsInEveryLook(page)).toEqual([]);
  });

  it('is recommended one, with the words that met and why not another', async () => {
    await fillBusiness(page, product, 'Bright Smile', 'Dentist');
    await page.locator('app-advice .chosen').getByText('Dental Practice Essentials').waitFor();
    await page.locator('app-advice .chosen mark').getByText('dentist').first().waitFor();
    await page.getByText('Why not another snapshot?').click();
    await page.getByText('Why not:').first().waitFor();
    expect(await faultsInEveryLook(page)).toEqual([]);
  });

  it('is told that nothing fits', async () => {
    await fillBusiness(page, product, 'Acme', 'Steel wholesale');
    await page.locator('app-advice .held').getByText('Nothing in the library looks made').waitFor();
    expect(await page.locator('app-advice .chosen').count()).toBe(0);
    expect(await faultsInEveryLook(page)).toEqual([]);
  });

  it('decides about a row of a list that no snapshot fits', async () => {
    const text = 'Business name,Email,Industry\nAcme Steel,office@acme-steel.example,Steel wholesale\n';
    await page.goto(`${product.url}/batches/new`);
    const file = { name: 'clients.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByRole('button', { name: 'Upload and check' }).click();
    await page.getByText('No snapshot fits this business well enough').waitFor();
    expect(await faultsInEveryLook(page)).toEqual([]);
    await page.getByRole('button', { name: 'Choose a snapshot for Acme Steel' }).click();
    const dialog = page.getByRole('dialog', { name: 'Snapshot for Acme Steel' });
    await dialog.getByText('Nothing in the library looks made').waitFor();
    await dialog.getByText('Choose from the whole library').click();
    expect(await faultsInEveryLook(page)).toEqual([]);
    await dialog.getByRole('radio', { name: 'Gym Member Magnet' }).check();
    await dialog.getByRole('button', { name: 'Use the chosen' }).click();
    await page.getByRole('cell', { name: /Gym Member Magnet\s+chosen here/ }).waitFor();
    await page.getByRole('button', { name: 'Start 1 row' }).waitFor();
  });

  it('is shown the closest ones side by side when it asks for more certainty than there is, and takes one', async () => {
    await askFor(100);
    await fillBusiness(page, product, 'Bright Smile', 'Dentist');
    await page.locator('app-advice .held').getByText('your agency asks for 100 %').waitFor();
    expect(await faultsInEveryLook(page)).toEqual([]);
    await page
      .locator('app-advice .side-by-side')
      .getByRole('button', { name: /^Use this one/ })
      .first()
      .click();
    const chosen = page.locator('app-snapshot-selector').getByRole('radio', { checked: true });
    await chosen.waitFor();
    expect(await page.evaluate<boolean>(`document.activeElement.matches('input[name=snapshot]:checked')`)).toBe(true);
    await askFor(60);
  });

  it('sees the score and the reasons of each in the grid, and decides otherwise', async () => {
    await fillBusiness(page, product, 'Bright Smile', 'Dentist');
    await page.locator('app-advice .chosen').waitFor();
    await page.getByLabel('Business e-mail').fill('office@bright-smile.example');
    await page.getByRole('radio', { name: 'Choose from the library' }).check();
    await page.getByText('Recommended', { exact: true }).waitFor();
    await page.getByRole('radio', { name: 'Gym Member Magnet' }).check();
    expect(await faultsInEveryLook(page)).toEqual([]);
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.getByRole('button', { name: /approve and start/i }).click();
    await page.getByText('Everything read back as planned').waitFor({ timeout: 60_000 });
  });

  it('finds the load at the snapshot, with its job', async () => {
    await page.goto(`${product.url}/snapshots?search=gym`);
    await page.getByText('Loaded 1 time').waitFor();
    await page.getByRole('link', { name: 'Gym Member Magnet', exact: true }).click();
    await page.locator('app-snapshot-loads').getByRole('link', { name: 'Bright Smile' }).click();
    await page.waitForURL(/\/jobs\/[0-9a-f-]{36}/);
  });

  it('sees which one could not be loaded, and why', async () => {
    await seed({ alwaysFails: true });
    await page.goto(`${product.url}/snapshots`);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('heading', { name: 'Broken funnel' }).waitFor();
    await fillBusiness(page, product, 'Sad Start', 'Gym');
    await page.getByLabel('Business e-mail').fill('office@sad-start.example');
    await page.getByRole('radio', { name: 'Choose from the library' }).check();
    await page.getByRole('radio', { name: 'Broken funnel' }).check();
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.getByRole('button', { name: /approve and start/i }).click();
    await page.waitForURL(/\/jobs\/[0-9a-f-]{36}/);
    await page.goto(`${product.url}/snapshots?state=failed`);
    const card = page.locator('app-snapshot-card', { hasText: 'Broken funnel' });
    // Waits as a person would: the page reads again when the job moves.
    await card.getByText('1 failed').waitFor({ timeout: 60_000 });
    expect(await card.getByRole('link', { name: 'Sad Start' }).getAttribute('href')).toMatch(/^\/jobs\//);
    expect(await faultsInEveryLook(page)).toEqual([]);
  });

  it('reads how well it is recommended, and has a choice forgotten', async () => {
    await page.goto(`${product.url}/snapshots/quality`);
    await page.getByText('Chosen otherwise', { exact: true }).first().waitFor();
    await page.getByText('read them with care').waitFor();
    expect(await faultsInEveryLook(page)).toEqual([]);
    for (const figure of ['Right against decided', 'Said against true', 'Chosen otherwise, week by week'])
      await page.getByRole('button', { name: `Show as table ${figure}` }).click();
    expect(await faultsInEveryLook(page)).toEqual([]);
    for (const business of ['Bright Smile', 'Sad Start']) {
      await page.getByRole('button', { name: `Forget the choice for ${business}` }).click();
      await page.getByRole('button', { name: 'Forget this choice' }).click();
      await page.getByRole('button', { name: `Forget the choice for ${business}` }).waitFor({ state: 'detached' });
    }
    await page.getByText('Nothing to measure yet').waitFor();
  });
});
