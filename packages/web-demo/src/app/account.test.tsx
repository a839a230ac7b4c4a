import type { ApiKey, Session } from '@oriel/schemas';
import { screen, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { api, serveModels } from '../../test/api.ts';
import { ada, nobody } from '../../test/people.ts';
import { findPanel, show } from '../../test/show.tsx';
import { App } from './app.tsx';

const key: ApiKey = {
  id: 'a1B2c3D4',
  userId: ada.id,
  name: 'nightly',
  scopes: ['predict'],
  models: ['penguins'],
  expiresAt: null,
  requestsPerDayMax: null,
  computeMsPerDayMax: null,
  createdAt: '2026-01-05T10:00:00.000Z',
  lastUsedAt: null,
  revokedAt: null,
};

const session = (id: string, overrides: Partial<Session> = {}): Session => ({
  id,
  createdAt: '2026-01-05T10:00:00.000Z',
  lastSeenAt: '2026-01-05T11:00:00.000Z',
  expiresAt: '2026-02-05T10:00:00.000Z',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  ipPrefix: '192.0.2.0/24',
  isCurrent: false,
  ...overrides,
});

function openAccount({ keys = [], sessions = [] }: { keys?: ApiKey[]; sessions?: Session[] } = {}) {
  serveModels();
  api.answer('auth.state', { ...nobody, user: ada });
  api.answer('keys.list', { items: keys });
  api.answer('auth.sessions.list', { items: sessions });
  window.location.hash = '#/account';
  return show(<App />);
}

describe('API keys', () => {
  test('a new one is shown once, and then in the list without its secret', async () => {
    const secret = 'oriel_a1B2c3D4_theSecretPart';
    api.answer('keys.create', () => {
      api.answer('keys.list', { items: [key] });
      return { key, secret };
    });
    const user = openAccount();
    const panel = within(await findPanel('API keys'));
    await user.click(panel.getByRole('button', { name: 'Make a key' }));
    await user.type(panel.getByLabelText('Name'), 'nightly');
    await user.click(panel.getByLabelText('Read models'));
    await user.selectOptions(panel.getByLabelText('Models'), 'Only some');
    await user.click(await panel.findByLabelText('Penguin species'));
    await user.selectOptions(panel.getByLabelText('Works for'), 'For ever');
    await user.click(panel.getByRole('button', { name: 'Make the key' }));

    expect(await panel.findByText(secret)).toBeVisible();
    expect(panel.getByText(/Copy it now/)).toBeVisible();
    expect(api.inputsOf('keys.create')).toEqual([
      { name: 'nightly', scopes: ['predict'], models: ['penguins'], expiresAt: null },
    ]);
    await user.click(panel.getByRole('button', { name: 'I have copied it' }));
    expect(panel.queryByText(secret)).toBeNull();
    expect(await panel.findByText('oriel_a1B2c3D4_…')).toBeVisible();
  });

  test('the secret can be copied', async () => {
    api.answer('keys.create', { key, secret: 'oriel_a1B2c3D4_theSecretPart' });
    const user = openAccount();
    const panel = within(await findPanel('API keys'));
    await user.click(panel.getByRole('button', { name: 'Make a key' }));
    await user.type(panel.getByLabelText('Name'), 'nightly{Enter}');
    await user.click(await panel.findByRole('button', { name: 'Copy' }));
    expect(await navigator.clipboard.readText()).toBe('oriel_a1B2c3D4_theSecretPart');
  });

  test('ends after 90 days unless something else is chosen', async () => {
    api.answer('keys.create', { key, secret: 'oriel_a1B2c3D4_theSecretPart' });
    const user = openAccount();
    const panel = within(await findPanel('API keys'));
    await user.click(panel.getByRole('button', { name: 'Make a key' }));
    await user.type(panel.getByLabelText('Name'), 'nightly{Enter}');
    await panel.findByText('The new key');
    const [input] = api.inputsOf('keys.create');
    const days = (Date.parse(input?.expiresAt ?? '') - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(90);
  });

  test('what is refused is said beside its field', async () => {
    const issues = [{ path: ['scopes'], rule: 'too_small', message: 'must hold at least one' }];
    api.refuse('keys.create', { code: 'INPUT_INVALID', issues });
    const user = openAccount();
    const panel = within(await findPanel('API keys'));
    await user.click(panel.getByRole('button', { name: 'Make a key' }));
    await user.type(panel.getByLabelText('Name'), 'nightly{Enter}');
    expect(await panel.findByRole('group', { name: 'It may' })).toHaveAccessibleDescription(
      'must hold at least one',
    );
  });

  test('members are not offered what only admins may grant', async () => {
    const user = openAccount();
    const panel = within(await findPanel('API keys'));
    await user.click(panel.getByRole('button', { name: 'Make a key' }));
    expect(panel.getByLabelText('Predict')).toBeChecked();
    expect(panel.queryByLabelText('Everything an admin may')).toBeNull();
  });

  test('revoking asks first, with the safe answer at hand', async () => {
    api.answer('keys.revoke', ({ id }) => {
      api.answer('keys.list', { items: [{ ...key, revokedAt: '2026-01-06T10:00:00.000Z' }] });
      return { id };
    });
    const user = openAccount({ keys: [key] });
    await user.click(await screen.findByRole('button', { name: 'Revoke nightly' }));
    expect(screen.getByRole('button', { name: 'No' })).toHaveFocus();
    expect(api.inputsOf('keys.revoke')).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Yes, revoke' }));
    expect(await screen.findByText('revoked')).toBeVisible();
    expect(api.inputsOf('keys.revoke')).toEqual([{ id: key.id }]);
    expect(screen.queryByRole('button', { name: 'Revoke nightly' })).toBeNull();
  });
});

describe('sessions', () => {
  const sessions = [session('s1', { isCurrent: true }), session('s2', { userAgent: 'curl/8.5.0' })];

  test('this one is marked and cannot be ended here, another one can', async () => {
    api.answer('auth.sessions.end', () => {
      api.answer('auth.sessions.list', { items: sessions.slice(0, 1) });
      return { endedCount: 1 };
    });
    const user = openAccount({ sessions });
    const panel = within(await findPanel('Signed-in browsers'));
    expect(await panel.findByText('this browser')).toBeVisible();
    expect(panel.queryByRole('button', { name: /Firefox/ })).toBeNull();
    await user.click(panel.getByRole('button', { name: 'Sign out: curl/8.5.0' }));
    await screen.findByText('Firefox on Linux');
    expect(api.inputsOf('auth.sessions.end')).toEqual([{ id: 's2' }]);
    await expect.poll(() => panel.queryByText('curl/8.5.0')).toBeNull();
  });

  test('all others can be ended at once, when there are any', async () => {
    api.answer('auth.sessions.endOthers', () => {
      api.answer('auth.sessions.list', { items: sessions.slice(0, 1) });
      return { endedCount: 1 };
    });
    const user = openAccount({ sessions });
    await user.click(await screen.findByRole('button', { name: 'Sign out all others' }));
    await expect.poll(() => screen.queryByRole('button', { name: 'Sign out all others' })).toBeNull();
  });
});

describe('the password', () => {
  test('is changed with the current one, and the fields are emptied', async () => {
    api.answer('auth.changePassword', { user: ada });
    const user = openAccount();
    const panel = within(await findPanel('Password'));
    await user.type(panel.getByLabelText('Current password'), 'correct horse');
    await user.type(panel.getByLabelText('New password'), 'battery staple here');
    await user.click(panel.getByRole('button', { name: 'Change the password' }));
    expect(await panel.findByText('The password is changed')).toBeVisible();
    expect(api.inputsOf('auth.changePassword')).toEqual([
      { currentPassword: 'correct horse', newPassword: 'battery staple here' },
    ]);
    expect(panel.getByLabelText('New password')).toHaveValue('');
  });

  test('says which of the two was refused', async () => {
    const issues = [{ path: ['currentPassword'], rule: 'wrong', message: 'is not your password' }];
    api.refuse('auth.changePassword', { code: 'INPUT_INVALID', issues });
    const user = openAccount();
    const current = await screen.findByLabelText('Current password');
    await user.type(current, 'wrong horse{Enter}');
    expect(await screen.findByText('is not your password')).toBeVisible();
    expect(current).toHaveAccessibleDescription('is not your password');
  });
});

describe('signing out', () => {
  test('leads back to the models, as nobody', async () => {
    api.answer('auth.signOut', () => {
      serveModels();
      return { isSignedOut: true as const };
    });
    const user = openAccount();
    await user.click(await screen.findByRole('button', { name: 'Sign out' }));
    expect(await screen.findByRole('link', { name: 'Sign in' })).toBeVisible();
    expect(await screen.findByRole('heading', { name: 'Penguin species' })).toBeVisible();
  });

  test('a session that ended elsewhere shows at once: the next refusal asks for signing in', async () => {
    const user = openAccount({ keys: [key] });
    await user.click(await screen.findByRole('button', { name: 'Revoke nightly' }));
    api.refuse('keys.revoke', { code: 'UNAUTHENTICATED' });
    api.answer('auth.state', nobody);
    await user.click(screen.getByRole('button', { name: 'Yes, revoke' }));
    expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeVisible();
  });
});

describe('how to call', () => {
  test('names a key for who is signed in, and tells where to make one', async () => {
    openAccount();
    await screen.findByRole('heading', { name: 'Your account' });
    window.location.hash = '#/';
    expect(await screen.findByText(/auth: \{ apiKey: process\.env\.ORIEL_API_KEY/)).toBeVisible();
    expect(screen.getByRole('link', { name: 'your account page' })).toBeVisible();
  });
});
