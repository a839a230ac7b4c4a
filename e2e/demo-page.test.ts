import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasBrowser, useBrowser } from './support/browser.ts';
import { drawLine, seven, three } from './support/digit-strokes.ts';

const browser = useBrowser();

const headline = (page: Page) => page.getByTestId('headline');
const pad = (page: Page) => page.getByRole('application');

describe.skipIf(!hasBrowser)('the demo page', () => {
  test('penguins: fill the form, read the species', async () => {
    const page = await browser.openPage('/#/models/penguins');
    await page.getByLabel('Island').selectOption('Dream');
    await page.getByLabel('Culmen length').fill('50.5');
    await page.getByLabel('Culmen depth').fill('18.4');
    await page.getByLabel('Flipper length').fill('200');
    await page.getByLabel('Body mass').fill('3400');
    await page.getByLabel('Sex').selectOption('female');
    await page.getByRole('button', { name: 'Predict' }).click();

    await headline(page).waitFor();
    expect(await headline(page).textContent()).toBe('Chinstrap');
    const answer = page.getByRole('region', { name: 'Answer' });
    expect(await answer.getByRole('listitem').count()).toBe(3);
    expect(await answer.textContent()).toMatch(/Queue.*ms.*Compute.*ms.*version 1.*Request/);
    // who is not signed in sees that something was predicted, and never what
    await page.getByRole('row', { name: /penguins succeeded –/ }).waitFor();
  });

  test('digits: draw, read the digit, draw another', async () => {
    const page = await browser.openPage('/#/models/digits');
    await drawLine(page, pad(page), three);
    await page.locator('[data-testid=headline]:text-is("3")').waitFor();

    await page.getByRole('button', { name: 'Clear' }).click();
    await headline(page).waitFor({ state: 'detached' });
    await drawLine(page, pad(page), seven);
    await page.locator('[data-testid=headline]:text-is("7")').waitFor();
  });

  test('a value out of range is refused beside its field, in the words of the contract', async () => {
    const page = await browser.openPage('/#/models/penguins');
    const mass = page.getByLabel('Body mass');
    await mass.fill('99999');
    await page.getByRole('button', { name: 'Predict' }).click();
    await page.getByRole('alert').waitFor();
    expect(await mass.evaluate((input) => input === document.activeElement)).toBe(true);
    const error = page.locator(`[id="${await mass.getAttribute('id')}-error"]`);
    expect(await error.textContent()).toContain('15000');
  });

  test('a file that is no image is refused beside the field', async () => {
    const page = await browser.openPage('/#/models/digits');
    await page
      .getByLabel('Image: choose a file')
      .setInputFiles({ name: 'fake.png', mimeType: 'image/png', buffer: Buffer.from('no image') });
    await page.getByText('not a PNG').waitFor();
  });

  test('a model can be linked to, and going back shows the one before', async () => {
    const page = await browser.openPage('/#/models/penguins');
    await page.getByRole('radio', { name: /Handwritten digit/ }).click({ force: true });
    await page.getByRole('heading', { level: 2, name: 'Handwritten digit' }).waitFor();
    expect(page.url()).toMatch(/#\/models\/digits$/);
    await page.reload();
    await page.getByRole('heading', { level: 2, name: 'Handwritten digit' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { level: 2, name: 'Penguin species' }).waitFor();
  });

  test('loads nothing from elsewhere and breaks no rule of its security policy', async () => {
    const page = await browser.openPage('/');
    const requested: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requested.push(new URL(request.url()).origin));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.reload({ waitUntil: 'networkidle' });
    await page.getByRole('button', { name: 'Predict' }).waitFor();
    expect(new Set(requested)).toEqual(new Set([new URL(page.url()).origin]));
    expect(complaints).toEqual([]);
  });

  test('a chosen theme stays after a reload, before the app has even started', async () => {
    const page = await browser.openPage('/', { colorScheme: 'light' });
    const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await colour();
    await page.getByRole('button', { name: 'Switch to the dark theme' }).click();
    const dark = await colour();
    expect(dark).not.toBe(light);
    // without the app's own code, what is painted is what the first paint was
    await page.route('**/assets/*.js', (route) => route.abort());
    await page.reload();
    expect(await colour()).toBe(dark);
  });
});

describe.skipIf(!hasBrowser)('by keyboard alone', () => {
  test('pick a model, fill its form, send it', async () => {
    const page = await browser.openPage('/#/models/digits');
    await page.getByRole('heading', { level: 2 }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter'); // the link that skips the header
    await page.keyboard.press('Tab');
    await moveUntil(page, 'ArrowDown', () => page.getByRole('radio', { name: /penguins/ }).isChecked());
    await page.getByLabel('Body mass').waitFor();
    await moveUntil(page, 'Tab', () =>
      page.getByLabel('Body mass').evaluate((input) => input === document.activeElement),
    );
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('5800');
    await page.keyboard.press('Enter');
    await headline(page).waitFor();
    expect(await headline(page).textContent()).toBe('Gentoo');
  });

  test('draw a one', async () => {
    const page = await browser.openPage('/#/models/digits');
    await pad(page).focus();
    await page.keyboard.press('Space');
    for (let i = 0; i < 14; i++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await page.locator('[data-testid=headline]:text-is("1")').waitFor();
  });

  /** Presses a key until something is so; fails when it never is. */
  async function moveUntil(page: Page, key: string, isThere: () => Promise<boolean>): Promise<void> {
    for (let presses = 0; presses < 40; presses++) {
      if (await isThere()) return;
      await page.keyboard.press(key);
    }
    throw new Error(`${key} never got there`);
  }
});
