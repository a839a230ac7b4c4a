import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProvider } from '../packages/server/test/support/provider.ts';
import { findViolations } from './support/accessibility.ts';
import { hasBrowser, useBrowser } from './support/browser.ts';
import { type RunningServer, startServer } from './support/start-server.ts';

const browser = useBrowser();
let provider: Awaited<ReturnType<typeof startProvider>>;
let server: RunningServer;

describe.skipIf(!hasBrowser)('signing in with an OpenID provider of another site', () => {
  beforeAll(async () => {
    provider = await startProvider();
    server = await startServer({ ...provider.env, ORIEL_REGISTRATION: 'open', ORIEL_PROCESSES: '1' });
    await provider.serve(server.url);
    provider.people.set('ada', { email: 'ada@example.com', email_verified: true, name: 'Ada' });
    provider.people.set('eve', { email: 'eve@example.com', email_verified: false, name: 'Eve' });
  });
  afterAll(async () => {
    await server?.stop();
    await provider?.stop();
  });

  test('there and back: the person is known, also after the page is loaded again', async () => {
    const page = await openSignIn();
    await signInAs(page, 'ada');
    await page.getByRole('link', { name: 'Ada' }).waitFor();
    expect(page.url()).toBe(`${server.url}/#/`);
    await page.reload();
    await page.getByRole('link', { name: 'Ada' }).click();
    await page.getByRole('heading', { level: 2, name: 'Your account' }).waitFor();
    const cookies = await page.context().cookies(server.url);
    expect(cookies).toMatchObject([{ name: 'oriel-session', httpOnly: true, sameSite: 'Strict' }]);
  });

  test('whoever is refused reads why, and can sign in with a password', async () => {
    const page = await openSignIn();
    await signInAs(page, 'eve');
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain('does not say that your e-mail address is yours');
    expect(page.url()).toBe(`${server.url}/#/sign-in?error=email-not-verified`);
    await page.getByRole('textbox', { name: 'Password' }).waitFor();
    expect(await findViolations(page)).toEqual([]);
  });
});

async function openSignIn(): Promise<Page> {
  const page = await browser.openPage('/');
  await page.goto(`${server.url}/#/sign-in`);
  return page;
}

/** The provider's own page asks who it is; any password will do. */
async function signInAs(page: Page, login: string): Promise<void> {
  await page.getByRole('link', { name: 'Sign in with Example' }).click();
  await page.locator('input[name=login]').fill(login);
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
}
