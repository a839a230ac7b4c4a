import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, inject } from 'vitest';
import { launchBrowser } from './launch-browser.ts';

export const url = inject('url');
/** Whether there is a browser; without one, browser tests are skipped and say so once. */
export const hasBrowser = inject('browserPath') !== '';

/** Opens pages in one browser for the tests of a file. */
export function useBrowser() {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (hasBrowser) browser = await launchBrowser(inject('browserPath'));
  });
  afterAll(() => browser?.close());

  return { openPage };

  /** A page with storage and settings of its own, at a path of the common server or at a whole URL. */
  async function openPage(address: string, options: BrowserContextOptions = {}): Promise<Page> {
    if (!browser) throw new Error('There is no browser: skip the test with describe.skipIf(!hasBrowser)');
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    await page.goto(new URL(address, url).href);
    return page;
  }
}
