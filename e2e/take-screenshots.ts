import { fileURLToPath } from 'node:url';
import type { BrowserContext, Page } from 'playwright-core';
import { drawLine, three } from './support/digit-strokes.ts';
import { findBrowser } from './support/find-browser.ts';
import { launchBrowser } from './support/launch-browser.ts';
import { penguinCsv } from './support/penguin-rows.ts';
import { startServer } from './support/start-server.ts';

// Takes the pictures of the README anew: node e2e/take-screenshots.ts

const folder = new URL('../docs/images/', import.meta.url);

type Session = Awaited<ReturnType<BrowserContext['storageState']>>;

interface Shot {
  readonly file: string;
  /** The page to begin at. */
  readonly hash: string;
  readonly colorScheme: 'light' | 'dark';
  /** Leaves the page as it is to be seen. */
  readonly act: (page: Page) => Promise<void>;
}

const shots: readonly Shot[] = [
  {
    file: 'playground-light.png',
    hash: '#/models/penguins',
    colorScheme: 'light',
    act: async (page) => {
      await warmUp(page);
      await page.getByRole('button', { name: 'A bird from Dream' }).click();
      await page.getByText('Chinstrap', { exact: true }).first().waitFor();
      await page.getByTestId('headline').waitFor();
    },
  },
  {
    file: 'digits-dark.png',
    hash: '#/models/digits',
    colorScheme: 'dark',
    act: async (page) => {
      await warmUp(page);
      await page.getByRole('button', { name: 'Remove' }).click();
      await drawLine(page, page.getByRole('application'), three);
      await page.getByTestId('headline').waitFor();
    },
  },
  {
    file: 'dataset-light.png',
    hash: '#/datasets',
    colorScheme: 'light',
    act: async (page) => {
      await upload(page, 'penguins-of-palmer.csv', 20_000);
      await page.getByRole('list', { name: 'Columns' }).waitFor();
    },
  },
  {
    file: 'job-dark.png',
    hash: '#/datasets',
    colorScheme: 'dark',
    act: async (page) => {
      await upload(page, 'penguins-of-palmer.csv', 400_000);
      await page.getByRole('link', { name: 'Score with a model' }).click();
      await page.getByLabel('Model').selectOption('penguins');
      await page.getByRole('button', { name: /^Score [\d,]+ rows$/ }).click();
      await page.getByRole('list', { name: 'Predicted: species' }).waitFor({ timeout: 120_000 });
    },
  },
];

const browserPath = findBrowser();
if (!browserPath) throw new Error('Screenshots need Chromium: install it or set CHROMIUM_PATH.');
const server = await startServer();
const browser = await launchBrowser(browserPath);
try {
  const storageState = await signIn();
  for (const shot of shots) await take(shot, storageState);
} finally {
  await browser.close();
  await server.stop();
}

/** The first prediction pays for what only happens once; a picture should show the ordinary case. */
async function warmUp(page: Page): Promise<void> {
  await page.getByRole('group', { name: 'Examples' }).getByRole('button').first().click();
  await page.getByTestId('headline').waitFor();
}

/** As the first admin, with the link of the first start. */
async function signIn(): Promise<Session> {
  const page = await browser.newPage();
  await page.goto(server.firstSignInUrl);
  await page.getByRole('textbox', { name: 'New password' }).fill('a long way to the lighthouse');
  await page.getByRole('button', { name: 'Set the password and sign in' }).click();
  await page.getByRole('heading', { level: 2, name: 'Your account' }).waitFor();
  const session = await page.context().storageState();
  await page.close();
  return session;
}

/** Uploads so many penguins, and opens them. */
async function upload(page: Page, name: string, rows: number): Promise<void> {
  const file = { name, mimeType: 'text/csv', buffer: penguinCsv(rows, 12) };
  await page.getByLabel('Files to upload').setInputFiles(file);
  await page.getByRole('list', { name: 'Uploads' }).getByRole('link').click();
  await page.getByRole('tablist', { name: 'Dataset' }).waitFor();
}

async function take({ file, hash, colorScheme, act }: Shot, storageState: Session): Promise<void> {
  const page = await browser.newPage({
    storageState,
    viewport: { width: 1200, height: 1020 },
    colorScheme,
    reducedMotion: 'reduce',
  });
  await page.goto(`${server.url}/${hash}`);
  await act(page);
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.mouse.move(0, 0);
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: fileURLToPath(new URL(file, folder)), animations: 'disabled' });
  await page.close();
}
