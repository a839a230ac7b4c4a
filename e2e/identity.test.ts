import type { Page } from 'playwright-core';
import { describe, expect, inject, test } from 'vitest';
import { findViolations } from './support/accessibility.ts';
import { hasBrowser, url, useBrowser } from './support/browser.ts';
import { adminEmail } from './support/start-server.ts';

const browser = useBrowser();
const link = () => `/${new URL(inject('firstSignInUrl')).hash}`;
const password = 'a long way to the lighthouse';

describe.skipIf(!hasBrowser)('the first admin', () => {
  test('comes by the link of the first start; a key works until it is revoked', async () => {
    const page = await browser.openPage(link());
    const complaints = listenForComplaints(page);

    await choosePassword(page);
    await heading(page, 'Your account').waitFor();
    expect(page.url()).toBe(`${url}/#/account`);

    const key = await makeKey(page, 'lighthouse');
    const answer = await predictWith(key);
    expect([answer.status, await answer.json()]).toMatchObject([200, { model: 'penguins' }]);

    await page.getByRole('button', { name: 'I have copied it' }).click();
    expect(await page.content()).not.toContain(key);
    await page.getByRole('button', { name: 'Revoke lighthouse' }).click();
    await page.getByRole('button', { name: 'Yes, revoke' }).click();
    await page.getByText('revoked', { exact: true }).waitFor();
    // another process of the server may know a key for a moment longer
    await expect.poll(async () => (await predictWith(key)).status).toBe(401);
    expect(await (await predictWith(key)).json()).toMatchObject({ code: 'UNAUTHENTICATED' });

    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await page.getByRole('button', { name: 'Predict' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('cannot come by that link again, but with the password', async () => {
    const page = await browser.openPage(link());
    await choosePassword(page);
    await page.getByRole('alert').waitFor();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page);
    await page.getByRole('link', { name: 'Administration' }).waitFor();
    await page.getByRole('button', { name: 'Predict' }).waitFor();
  });

  test.each(['light', 'dark'] as const)(
    'finds pages with which axe is content in %s',
    async (colorScheme) => {
      // no animation: axe would measure colours half way through
      const page = await browser.openPage('/#/account', { colorScheme, reducedMotion: 'reduce' });
      await heading(page, 'Sign in').waitFor();
      expect(await findViolations(page)).toEqual([]);

      await signIn(page);
      await makeKey(page, 'axe');
      await page.getByRole('button', { name: 'Make a key' }).click();
      expect(await findViolations(page)).toEqual([]);

      await page.getByRole('link', { name: 'Administration' }).click();
      await page.getByRole('button', { name: 'Add a user' }).click();
      await page.getByRole('button', { name: /^New link for/ }).waitFor();
      expect(await findViolations(page)).toEqual([]);
      await page.getByRole('tab', { name: 'Audit log' }).click();
      await page.getByRole('cell', { name: 'key.revoked' }).waitFor();
      expect(await findViolations(page)).toEqual([]);
    },
    90_000, // axe looks at four pages
  );

  test.each(['sign-in', 'account', 'admin'])(
    '#/%s fits 360 pixels without scrolling sideways',
    async (name) => {
      const page = await browser.openPage('/#/account', { viewport: { width: 360, height: 740 } });
      if (name !== 'sign-in') {
        await signIn(page);
        await heading(page, 'Your account').waitFor();
        await page.goto(`${url}/#/${name}`);
      }
      await page.getByRole('heading', { level: 2 }).waitFor();
      await page.waitForLoadState('networkidle');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    },
  );
});

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 2, name });

/** Errors of scripts, and what the browser says of broken rules. */
function listenForComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // the rest is advice, e.g. to name the account beside a new password: a link does not know it
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  return complaints;
}

async function choosePassword(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'New password' }).fill(password);
  await page.getByRole('button', { name: 'Set the password and sign in' }).click();
}

async function signIn(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'E-mail' }).fill(adminEmail);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Makes a key and reads it off the page, which shows it once. */
async function makeKey(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('button', { name: 'Make the key' }).click();
  const shown = page.getByRole('region', { name: 'API key', exact: true });
  return (await shown.textContent())?.trim() ?? '';
}

/** What a program gets that predicts with this key. */
function predictWith(key: string): Promise<Response> {
  return fetch(`${url}/api/v1/models/penguins/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ island: 'Dream', bodyMassG: 3700 }),
  });
}
