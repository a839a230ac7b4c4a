import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { drawLine, three } from './support/digit-strokes.ts';
import { findBrowser } from './support/find-browser.ts';
import { launchBrowser } from './support/launch-browser.ts';
import { startServer } from './support/start-server.ts';

// Takes the pictures of the README anew: node e2e/take-screenshots.ts

const folder = new URL('../docs/images/', import.meta.url);

interface Shot {
  readonly file: string;
  readonly model: string;
  readonly colorScheme: 'light' | 'dark';
  readonly act: (page: Page) => Promise<void>;
}

const shots: readonly Shot[] = [
  {
    file: 'playground-light.png',
    model: 'penguins',
    colorScheme: 'light',
    act: async (page) => {
      await warmUp(page);
      await page.getByRole('button', { name: 'A bird from Dream' }).click();
      await page.getByText('Chinstrap', { exact: true }).first().waitFor();
    },
  },
  {
    file: 'digits-dark.png',
    model: 'digits',
    colorScheme: 'dark',
    act: async (page) => {
      await warmUp(page);
      await page.getByRole('button', { name: 'Remove' }).click();
      await drawLine(page, page.getByRole('application'), three);
    },
  },
];

const browserPath = findBrowser();
if (!browserPath) throw new Error('Screenshots need Chromium: install it or set CHROMIUM_PATH.');
const server = await startServer();
const browser = await launchBrowser(browserPath);
try {
  for (const shot of shots) await take(shot);
} finally {
  await browser.close();
  await server.stop();
}

/** The first prediction pays for what only happens once; a picture should show the ordinary case. */
async function warmUp(page: Page): Promise<void> {
  await page.getByRole('group', { name: 'Examples' }).getByRole('button').first().click();
  await page.getByTestId('headline').waitFor();
}

async function take({ file, model, colorScheme, act }: Shot): Promise<void> {
  const page = await browser.newPage({
    viewport: { width: 1200, height: 1020 },
    colorScheme,
    reducedMotion: 'reduce',
  });
  await page.goto(`${server.url}/#/models/${model}`);
  await act(page);
  await page.getByTestId('headline').waitFor();
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.mouse.move(0, 0);
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: fileURLToPath(new URL(file, folder)), animations: 'disabled' });
  await page.close();
}
