import { readFile } from 'node:fs/promises';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findViolations } from './support/accessibility.ts';
import { hasBrowser, useBrowser } from './support/browser.ts';
import { penguinCsv } from './support/penguin-rows.ts';
import { type RunningServer, startServer } from './support/start-server.ts';

const browser = useBrowser();
/** Jobs leave the processors to everything else, which may be a lot. */
const patience = { timeout: 60_000 };
let server: RunningServer;
/** The session of the person who signed in first. */
let session: BrowserContextOptions['storageState'];

describe.skipIf(!hasBrowser)('datasets and jobs', () => {
  beforeAll(async () => {
    // small chunks on one thread: a job that can be watched for a while
    server = await startServer({ ORIEL_JOB_CHUNK_ROWS: '250', ORIEL_JOB_THREADS: '1' });
    const page = await browser.openPage(server.firstSignInUrl);
    await page.getByRole('textbox', { name: 'New password' }).fill('a long way to the lighthouse');
    await page.getByRole('button', { name: 'Set the password and sign in' }).click();
    await heading(page, 'Your account').waitFor();
    session = await page.context().storageState();
  });
  afterAll(() => server?.stop());

  test('a file is uploaded, looked at, checked, scored and downloaded', async () => {
    const page = await open('#/');
    const complaints = listenForComplaints(page);
    await page.getByRole('link', { name: 'Datasets' }).click();
    await page.getByText('There is none yet').waitFor();
    await upload(page, 'birds.csv', penguinCsv(500, 3));

    // what is in it
    await page.getByRole('link', { name: 'birds' }).first().click();
    await heading(page, 'birds').waitFor();
    await page.getByRole('figure', { name: 'Values of culmen_length_mm' }).waitFor();
    await page.getByRole('tab', { name: 'Rows' }).click();
    await page.getByText('Rows 1 to 50').waitFor();
    await page.getByRole('button', { name: 'Add a condition' }).click();
    await page.getByRole('textbox', { name: 'Value' }).fill('Atlantis');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByText('Rows 1 to 3').waitFor();

    // what the model would refuse
    await page.getByRole('link', { name: 'Score with a model' }).click();
    await page.getByLabel('Model').selectOption('penguins');
    const length = page.getByLabel('Column for Culmen length');
    await length.waitFor();
    expect(await length.inputValue()).toBe('culmen_length_mm');
    await page.getByRole('button', { name: 'Check all rows' }).click();
    await page.getByText('3 of 500 rows would fail').waitFor(patience);
    expect(await page.getByRole('region', { name: 'Causes' }).textContent()).toMatch(/island.*3.*498/s);

    // scored
    await page.getByRole('button', { name: 'Score 500 rows' }).click();
    await page.waitForURL(/#\/jobs\//);
    await page.getByText('500 of 500 rows · 3 failed').waitFor(patience);
    const chart = page.getByRole('list', { name: 'Predicted: species' });
    await chart.waitFor(patience);
    expect(await chart.getByRole('listitem').count()).toBeGreaterThanOrEqual(3);

    // and taken along
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download as CSV' }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split(/\r?\n/);
    expect(lines).toHaveLength(501);
    expect(lines[0]).toMatch(/^island,.*species/);
    expect(lines[1]).toMatch(/^Biscoe,.*Gentoo/);
    expect(complaints).toEqual([]);
  }, 180_000);

  test('a long job is watched live, paused, and goes on where it was', async () => {
    const rows = 400_000;
    const page = await open('#/datasets');
    await upload(page, 'many.csv', penguinCsv(rows));
    await page.getByRole('link', { name: 'many' }).first().click();
    await page.getByRole('link', { name: 'Score with a model' }).click();
    await page.getByLabel('Model').selectOption('penguins');
    await page.getByRole('button', { name: 'Score 400,000 rows' }).click();
    await page.getByText(/ rows a second · .* left/).waitFor(patience);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('paused', { exact: true }).waitFor(patience);
    const bar = page.getByRole('progressbar');
    const paused = Number(await bar.getAttribute('aria-valuenow'));
    expect(paused).toBeLessThan(100);

    await page.reload();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    expect(Number(await bar.getAttribute('aria-valuenow'))).toBe(paused);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('done', { exact: true }).waitFor({ timeout: 150_000 });
    await page.getByText('400,000 of 400,000 rows').waitFor();
    await page.getByRole('link', { name: 'Open all 400,000 rows as a dataset' }).waitFor(patience);
  }, 300_000);

  test('a dataset is scored again and again, until its schedule is deleted', async () => {
    const page = await open('#/datasets');
    await upload(page, 'nightly.csv', penguinCsv(50));
    await page.getByRole('link', { name: 'nightly' }).first().click();
    await page.getByRole('link', { name: 'Score with a model' }).click();
    await page.getByLabel('Model').selectOption('penguins');
    const form = page.getByRole('form', { name: 'Schedule' });
    await form.getByLabel('Time zone').fill('Europe/Nowhere');
    await form.getByRole('button', { name: 'Add to your schedules' }).click();
    await form.locator('[aria-invalid]').waitFor();
    await form.getByLabel('Time zone').fill('Europe/Berlin');
    await form.getByRole('button', { name: 'Add to your schedules' }).click();
    await page.getByText('Every day at 06:00 (Europe/Berlin)').waitFor();

    await page.getByRole('link', { name: 'your schedules' }).click();
    const schedules = page.getByRole('region', { name: 'Everybody’s schedules' });
    await schedules.getByText('has not run yet').waitFor();
    expect(await findViolations(page)).toEqual([]);
    await schedules.getByRole('button', { name: 'Delete: Every day at 06:00' }).click();
    await schedules.getByRole('button', { name: 'Yes, delete' }).click();
    await schedules.getByText(/There is none/).waitFor();
  }, 120_000);

  test('a file that cannot be read says where it is broken', async () => {
    const page = await open('#/datasets');
    const csv = 'island,mass\nDream,3400\nBiscoe,5950,male,7\n';
    await page
      .getByLabel('Files to upload')
      .setInputFiles({ name: 'ragged.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await page.getByText('ragged.csv could not be taken in').waitFor(patience);
    expect(await page.getByRole('alert').textContent()).toMatch(/line 3|line.*3/i);
  }, 90_000);

  test('who is not signed in is asked to', async () => {
    const page = await browser.openPage(server.url);
    for (const part of ['datasets', 'jobs']) {
      await page.goto(`${server.url}/#/${part}`);
      await page.getByText(`Sign in to see your ${part}`).waitFor();
    }
    expect(await findViolations(page)).toEqual([]);
  });

  test.each(['light', 'dark'] as const)(
    'axe is content with each page in %s',
    async (colorScheme) => {
      // no animation: axe would measure colours half way through
      const page = await open('#/datasets', { colorScheme, reducedMotion: 'reduce' });
      await upload(page, `${colorScheme}.csv`, penguinCsv(60, 2));
      expect(await findViolations(page)).toEqual([]);

      await page.getByRole('link', { name: colorScheme }).first().click();
      await page.getByRole('list', { name: 'Columns' }).waitFor();
      for (const name of ['Columns', 'Rows', 'Versions', 'Details', 'Sharing']) {
        await page.getByRole('tab', { name }).click();
        await page.waitForLoadState('networkidle');
        if (name === 'Rows') await page.getByRole('button', { name: 'Add a condition' }).click();
        expect([name, await findViolations(page)]).toEqual([name, []]);
      }

      await page.getByRole('link', { name: 'Score with a model' }).click();
      await page.getByLabel('Model').selectOption('penguins');
      await page.getByRole('button', { name: 'Check all rows' }).click();
      await page.getByText('2 of 60 rows would fail').waitFor(patience);
      for (const summary of await page.locator('summary').all()) await summary.click();
      expect(await findViolations(page)).toEqual([]);

      await page.getByRole('button', { name: 'Score 60 rows' }).click();
      await page.getByRole('region', { name: 'Results' }).getByRole('table').waitFor(patience);
      expect(await findViolations(page)).toEqual([]);

      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Jobs' }).click();
      await page.getByRole('list', { name: 'Jobs' }).getByRole('link').first().waitFor();
      expect(await findViolations(page)).toEqual([]);
    },
    240_000, // axe looks at nine pages
  );

  test('fits 360 pixels without scrolling sideways', async () => {
    const page = await open('#/datasets', { viewport: { width: 360, height: 740 } });
    const width = () => page.evaluate(() => document.documentElement.scrollWidth);
    // a word that is longer than the page is wide
    const name = 'narrow'.repeat(20);
    await upload(page, `${name}.csv`, penguinCsv(20, 1));
    expect(await width()).toBeLessThanOrEqual(360);
    await page.getByRole('link', { name }).first().click();
    await heading(page, name).waitFor();
    for (const name of ['Columns', 'Rows', 'Versions']) {
      await page.getByRole('tab', { name }).click();
      await page.waitForLoadState('networkidle');
      expect([name, await width()]).toEqual([name, 360]);
    }
    await page.getByRole('link', { name: 'Score with a model' }).click();
    await page.getByLabel('Model').selectOption('penguins');
    await page.getByRole('button', { name: 'Score 20 rows' }).waitFor();
    for (const summary of await page.locator('summary').all()) await summary.click();
    expect(await width()).toBeLessThanOrEqual(360);
    await page.getByRole('button', { name: 'Score 20 rows' }).click();
    await page.getByRole('region', { name: 'Results' }).getByRole('table').waitFor(patience);
    expect(await width()).toBeLessThanOrEqual(360);
  }, 180_000);
});

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 2, name });

/** A page of whoever is signed in. */
function open(hash: string, options: BrowserContextOptions = {}): Promise<Page> {
  return browser.openPage(`${server.url}/${hash}`, { ...options, ...(session && { storageState: session }) });
}

async function upload(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.getByLabel('Files to upload').setInputFiles({ name, mimeType: 'text/csv', buffer });
  await page.getByRole('list', { name: 'Uploads' }).getByRole('link').first().waitFor(patience);
}

/** Errors of scripts, and what the browser says of broken rules. */
function listenForComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  return complaints;
}
