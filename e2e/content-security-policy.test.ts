import { describe, expect, test } from 'vitest';
import { hasBrowser, useBrowser } from './support/browser.ts';

const browser = useBrowser();

/** Where the page says what its policy refused. */
declare global {
  var refusals: string[];
}

describe.skipIf(!hasBrowser)('the content security policy', () => {
  test.each([
    ['/#/models/penguins', 'button'],
    ['/docs', 'text=List the models'],
    ['/docs/errors', 'table'],
  ])('%s works without anything that the policy refuses', async (path, sign) => {
    const page = await browser.openPage(path);
    await page.addInitScript(() => {
      globalThis.refusals = [];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
        // zod tries whether it may compile its checks, and goes on without
        if (blockedURI !== 'eval') globalThis.refusals.push(`${effectiveDirective} ${blockedURI}`);
      });
    });
    await page.reload();
    await page.locator(sign).first().waitFor();
    expect(await page.evaluate(() => globalThis.refusals)).toEqual([]);
  });
});
