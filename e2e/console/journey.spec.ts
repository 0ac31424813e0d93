import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, openBrowser } from '../support/chromium.js';
import { StartedProduct } from '../support/started-product.js';

/** Pictures of what a person sees; the README shows one of them. */
const pictures = resolve(__dirname, '../../docs/images');
const keepPictures = process.env['KEEP_PICTURES'] === '1';

jest.setTimeout(120_000);

describeInBrowser('an agency provisions its first sub-account', () => {
  let product: StartedProduct;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    [product, browser] = await Promise.all([StartedProduct.start(), openBrowser()]);
    page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && /Content Security Policy|TrustedHTML/i.test(message.text()))
        faults.push(message.text());
    });
    page.on('request', (request) => {
      if (!/^https?:\/\/(localhost|127\.0\.0\.1)[:/]/.test(request.url()))
        faults.push(`left this machine: ${request.url()}`);
    });
  });
  afterAll(async () => {
    await browser?.close();
    await product?.remove();
  });

  const picture = async (name: string) => {
    if (keepPictures) await page.screenshot({ path: `${pictures}/${name}.png` });
  };

  it('signs in with the link that the start printed', async () => {
    await page.goto(product.signInLink!);
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
  });

  it('connects HighLevel through its consent page', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Connect' }).click();
    await page
      .getByRole('button', { name: /connect/i })
      .first()
      .click();
    await page.waitForURL(/chooselocation/);
    await page.getByRole('button', { name: /approve/i }).click();
    await page.getByText('Connected', { exact: true }).first().waitFor();
    await page.getByText('New sub-accounts get the app by themselves').waitFor();
    await picture('connect');
  });

  it('finds the library there', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Snapshots' }).click();
    await page.getByText('Dental Practice Essentials').first().waitFor();
    await picture('snapshots');
  });

  it('is told which field is wrong', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Provision' }).click();
    await page.getByLabel('Business name').fill('Bright Smile Dental');
    await page.getByLabel('Business e-mail').fill('not-an-address');
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page
      .getByText(/e-mail address/)
      .first()
      .waitFor();
  });

  it('plans a sub-account and reads the plan', async () => {
    await page.getByLabel('Business e-mail').fill('office@bright-smile.example');
    await page.getByLabel('Phone').fill('+14155550100');
    await page.getByLabel('Industry').fill('Dentist');
    await page.getByLabel('Country').fill('US');
    await page.getByLabel('Time zone').fill('America/Chicago');
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.getByRole('button', { name: /approve and start/i }).waitFor();
    await page.getByText('Dental Practice Essentials').first().waitFor();
    await page.getByText('Sub-account Bright Smile Dental').first().waitFor();
    await picture('plan');
  });

  it('approves it and watches every step until the sub-account is verified', async () => {
    await page.getByRole('button', { name: /approve and start/i }).click();
    await page.waitForURL(/\/jobs\/[0-9a-f-]{36}/);
    await page.getByText('Everything read back as planned').waitFor({ timeout: 60_000 });
    await page.getByText('6 of 6 steps').waitFor();
    await picture('job');
    const steps = [
      'Choose the snapshot',
      'Create the sub-account',
      'Load the snapshot',
      'Write custom values',
      'Invite users',
      'Verify',
    ];
    for (const step of steps) expect(await page.getByText(step, { exact: true }).first().isVisible()).toBe(true);
  });

  it('finds the job in the list and the change in the audit trail', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Jobs' }).click();
    await page.getByText('Provision Bright Smile Dental').first().waitFor();
    await picture('jobs');
    await page.getByRole('navigation').getByRole('link', { name: 'Audit' }).click();
    await page.getByText('provisioning.start').first().waitFor();
    await picture('audit');
    await page.getByRole('navigation').getByRole('link', { name: 'Dashboard' }).click();
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    await page.waitForTimeout(500);
    await picture('dashboard');
  });

  it('broke no rule of the page and asked nobody outside', () => {
    expect(faults).toEqual([]);
  });
});
