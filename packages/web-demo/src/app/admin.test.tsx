import type { AuditEvent, OauthClient } from '@oriel/schemas';
import { screen, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { api, serveModels } from '../../test/api.ts';
import { ada, nobody, root } from '../../test/people.ts';
import { findPanel, show } from '../../test/show.tsx';
import { App } from './app.tsx';

const link = { token: 't0ken', path: '/#/sign-in-link/t0ken', expiresAt: '2026-01-05T11:00:00.000Z' };

const client: OauthClient = {
  id: 'c1',
  name: 'reports',
  scopes: ['predict'],
  grants: ['client_credentials'],
  createdAt: '2026-01-05T10:00:00.000Z',
  revokedAt: null,
};

const event = (n: number, action: AuditEvent['action'] = 'key.created'): AuditEvent => ({
  id: `0193a1b2-0000-7000-8000-${String(n).padStart(12, '0')}`,
  at: '2026-01-05T10:00:00.000Z',
  action,
  actor: `user:${n}`,
  target: null,
  ip: null,
  detail: {},
});

function openAdmin(user = root) {
  serveModels();
  api.answer('auth.state', { ...nobody, user });
  api.answer('users.list', { items: [ada, root], nextCursor: null });
  api.answer('clients.list', { items: [client] });
  window.location.hash = '#/admin';
  return show(<App />);
}

test('members are told that the page is not theirs, and are not led to it', async () => {
  openAdmin(ada);
  expect(await screen.findByText('This page is for admins')).toBeVisible();
  expect(screen.queryByRole('link', { name: 'Administration' })).toBeNull();
  expect(api.inputsOf('users.list')).toEqual([]);
});

describe('users', () => {
  test('a new one gets a link to hand over, shown once', async () => {
    api.answer('users.create', { user: ada, link });
    const user = openAdmin();
    const panel = within(await findPanel('Users'));
    await user.click(panel.getByRole('button', { name: 'Add a user' }));
    await user.type(panel.getByLabelText('E-mail'), 'ada@example.com');
    await user.type(panel.getByLabelText('Name'), 'Ada');
    await user.click(panel.getByRole('button', { name: 'Add the user' }));
    expect(await panel.findByText('http://localhost:3000/#/sign-in-link/t0ken')).toBeVisible();
    expect(api.inputsOf('users.create')).toEqual([{ email: 'ada@example.com', name: 'Ada', role: 'member' }]);
    await user.click(panel.getByRole('button', { name: 'I have copied it' }));
    expect(panel.queryByText(/sign-in-link/)).toBeNull();
  });

  test('an address that is taken is said', async () => {
    api.refuse('users.create', { code: 'CONFLICT', detail: 'There is a user with this e-mail address.' });
    const user = openAdmin();
    await user.click(await screen.findByRole('button', { name: 'Add a user' }));
    await user.type(screen.getByLabelText('E-mail'), 'ada@example.com{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent('There is a user with this e-mail address.');
  });

  test('roles change', async () => {
    api.answer('users.update', { ...ada, role: 'admin' });
    const user = openAdmin();
    await user.selectOptions(await screen.findByLabelText('Role of Ada'), 'admin');
    await expect.poll(() => api.inputsOf('users.update')).toEqual([{ id: ada.id, role: 'admin' }]);
  });

  test('disabling asks first; what the server refuses is said', async () => {
    api.refuse('users.update', { code: 'CONFLICT', detail: 'The last admin stays one.' });
    const user = openAdmin();
    await user.click(await screen.findByRole('button', { name: 'Disable Root' }));
    await user.click(screen.getByRole('button', { name: 'Yes, disable' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('The last admin stays one.');
    expect(api.inputsOf('users.update')).toEqual([{ id: root.id, isDisabled: true }]);
  });

  test('who forgot the password gets another link', async () => {
    api.answer('users.link', link);
    const user = openAdmin();
    await user.click(await screen.findByRole('button', { name: 'New link for Ada' }));
    expect(await screen.findByText('The sign-in link of Ada')).toBeVisible();
    expect(api.inputsOf('users.link')).toEqual([{ id: ada.id }]);
  });

  test('are read page by page', async () => {
    const user = openAdmin();
    api.answer('users.list', ({ cursor }) =>
      cursor ? { items: [ada], nextCursor: null } : { items: [root], nextCursor: root.id },
    );
    await user.click(await screen.findByRole('button', { name: 'More' }));
    expect(await screen.findByText('Ada')).toBeVisible();
    expect(screen.getByText('you')).toBeVisible();
    expect(api.inputsOf('users.list')).toEqual([{}, { cursor: root.id }]);
  });
});

describe('service clients', () => {
  test('a new one’s id and secret are shown once', async () => {
    api.answer('clients.create', { client, secret: 'the-secret' });
    const user = openAdmin();
    await user.click(await screen.findByRole('tab', { name: 'Service clients' }));
    const panel = within(await findPanel('Service clients'));
    await user.click(panel.getByRole('button', { name: 'Add a client' }));
    await user.type(panel.getByLabelText('Name'), 'reports{Enter}');
    expect(await panel.findByText('the-secret')).toBeVisible();
    expect(api.inputsOf('clients.create')).toEqual([{ name: 'reports', scopes: ['predict', 'models:read'] }]);
  });

  test('one can be revoked', async () => {
    api.answer('clients.revoke', ({ id }) => {
      api.answer('clients.list', { items: [{ ...client, revokedAt: '2026-01-06T10:00:00.000Z' }] });
      return { id };
    });
    const user = openAdmin();
    await user.click(await screen.findByRole('tab', { name: 'Service clients' }));
    await user.click(await screen.findByRole('button', { name: 'Revoke reports' }));
    await user.click(screen.getByRole('button', { name: 'Yes, revoke' }));
    expect(await screen.findByText('revoked')).toBeVisible();
  });
});

describe('the audit log', () => {
  test('is read page by page, and by what happened', async () => {
    api.answer('audit.list', ({ cursor, action }) =>
      action
        ? { items: [event(9, action)], nextCursor: null }
        : cursor
          ? { items: [event(2)], nextCursor: null }
          : { items: [event(1)], nextCursor: event(1).id },
    );
    const user = openAdmin();
    await user.click(await screen.findByRole('tab', { name: 'Audit log' }));
    const panel = within(await findPanel('Audit log'));
    expect(await panel.findByText('user:1')).toBeVisible();
    await user.click(panel.getByRole('button', { name: 'Older' }));
    expect(await panel.findByText('user:2')).toBeVisible();
    expect(panel.getByText('user:1')).toBeVisible();
    expect(panel.queryByRole('button', { name: 'Older' })).toBeNull();
    await user.selectOptions(panel.getByLabelText('Show'), 'user.sign-in-failed');
    expect(await panel.findByText('user:9')).toBeVisible();
    expect(panel.queryByText('user:1')).toBeNull();
    // to the letter: the server refuses what it does not know
    expect(api.inputsOf('audit.list')).toEqual([
      {},
      { cursor: event(1).id },
      { action: 'user.sign-in-failed' },
    ]);
  });
});
