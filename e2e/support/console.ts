import type { Browser, Page } from 'playwright-core';
import type { StartedProduct } from './started-product.js';

/** The console as a person has it who signed in with the link that the start printed, and connected HighLevel. */
export async function openConsole(browser: Browser, { signInLink, url }: StartedProduct): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, bypassCSP: true });
  page.setDefaultTimeout(15_000);
  await page.goto(signInLink!);
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
  await page.goto(`${url}/connect`);
  await page
    .getByRole('button', { name: /connect/i })
    .first()
    .click();
  await page.getByRole('button', { name: /approve/i }).click();
  await page.getByText('Connected', { exact: true }).first().waitFor();
  return page;
}

/** Who a new sub-account is for; nothing is left of what was filled in before. */
export async function fillBusiness(page: Page, { url }: StartedProduct, name: string, industry: string): Promise<void> {
  await page.goto(`${url}/provision`);
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.getByLabel('Business name').fill(name);
  await page.getByLabel('Industry').fill(industry);
}
