import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { importTypescript } from '../../backend/test/load-typescript.mjs';

const viewport = { width: 1280, height: 1000 };

/** Stays on the page of a batch, as a person would, and takes a picture of it at each moment it is told of. */
export async function photographer(folder) {
  const { openBrowser } = await importTypescript('../../e2e/support/chromium.ts');
  const browser = await openBrowser();
  let page;
  const open = async ({ url, id, cookie }) => {
    const context = await browser.newContext({ viewport });
    const cookies = cookie.split('; ').map((each) => /^([^=]+)=(.*)$/s.exec(each));
    await context.addCookies(cookies.map(([, name, value]) => ({ name, value, url })));
    const opened = await context.newPage();
    await opened.goto(`${url}/batches/${id}`);
    return opened;
  };
  return {
    at: async (moment, where) => {
      page ??= await open(where);
      await pause(2_000); // what is told live has arrived
      await page.screenshot({ path: join(folder, `${moment}.png`), fullPage: true });
    },
    close: () => browser.close(),
  };
}
