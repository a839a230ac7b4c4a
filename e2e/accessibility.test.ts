import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { findViolations } from './support/accessibility.ts';
import { hasBrowser, useBrowser } from './support/browser.ts';
import { drawLine, three } from './support/digit-strokes.ts';

const browser = useBrowser();

/** The page in the states that differ most: an answer, errors, a drawing, everything unfolded. */
const states: Record<string, (page: Page) => Promise<void>> = {
  'an answer': async (page) => {
    await page.goto(new URL('/#/models/penguins', page.url()).href);
    await page.getByLabel('Body mass').waitFor();
    await page.getByRole('button', { name: 'Predict' }).click();
    await page.getByTestId('headline').waitFor();
  },
  'refused fields': async (page) => {
    await page.goto(new URL('/#/models/penguins', page.url()).href);
    await page.getByLabel('Body mass').fill('99999');
    await page.getByRole('button', { name: 'Predict' }).click();
    await page.getByRole('alert').waitFor();
  },
  'a drawing': async (page) => {
    await page.goto(new URL('/#/models/digits', page.url()).href);
    await drawLine(page, page.getByRole('application'), three);
    await page.getByTestId('headline').waitFor();
  },
  'everything unfolded': async (page) => {
    await page.getByRole('heading', { level: 2 }).waitFor();
    for (const summary of await page.locator('summary').all()) await summary.click();
    await page.getByText('Inputs').waitFor();
  },
};

describe.skipIf(!hasBrowser).each(['light', 'dark'] as const)(
  'axe finds nothing wrong in %s',
  (colorScheme) => {
    test.each(Object.entries(states))('%s', async (_name, reach) => {
      // no animation: axe would measure colours half way through
      const page = await browser.openPage('/', { colorScheme, reducedMotion: 'reduce' });
      await reach(page);
      expect(await findViolations(page)).toEqual([]);
    });
  },
);

describe.skipIf(!hasBrowser)('a narrow screen', () => {
  test.each(['penguins', 'digits'])('%s fits 360 pixels without scrolling sideways', async (id) => {
    const page = await browser.openPage(`/#/models/${id}`, { viewport: { width: 360, height: 740 } });
    await page.getByRole('button', { name: 'Predict' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });

  test('what each error means fits as well', async () => {
    const page = await browser.openPage('/docs/errors', { viewport: { width: 360, height: 740 } });
    await page.getByText('STORAGE_UNAVAILABLE').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });
});
