import { screen } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { api, serveModels } from '../../test/api.ts';
import { ada, nobody } from '../../test/people.ts';
import { show } from '../../test/show.tsx';
import { App } from './app.tsx';

/** From now on, Ada is signed in. */
const signInAda = () => {
  api.answer('auth.state', { ...nobody, user: ada });
  return { user: ada };
};

function open(hash: string) {
  serveModels();
  window.location.hash = hash;
  return show(<App />);
}

describe('signing in', () => {
  test('shows the models and whose page it is', async () => {
    api.answer('auth.signIn', signInAda);
    const user = open('#/');
    await user.click(await screen.findByRole('link', { name: 'Sign in' }));
    await user.type(await screen.findByLabelText('E-mail'), 'ada@example.com');
    await user.type(screen.getByLabelText('Password'), 'correct horse');
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByRole('link', { name: 'Ada' })).toHaveAttribute('href', '#/account');
    expect(await screen.findByRole('heading', { name: 'Penguin species' })).toBeVisible();
    expect(api.inputsOf('auth.signIn')).toEqual([{ email: 'ada@example.com', password: 'correct horse' }]);
  });

  test('a wrong password is said in the server’s words, and stays in the field', async () => {
    api.refuse('auth.signIn', { code: 'UNAUTHENTICATED', detail: 'The e-mail or the password is wrong.' });
    const user = open('#/sign-in');
    const password = await screen.findByLabelText('Password');
    await user.type(password, 'wrong horse{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent('The e-mail or the password is wrong.');
    expect(password).toHaveValue('wrong horse');
  });

  test('a refused field says why beside it, and has the focus', async () => {
    const issues = [{ path: ['email'], rule: 'invalid_format', message: 'must be an e-mail address' }];
    api.refuse('auth.signIn', { code: 'INPUT_INVALID', issues });
    const user = open('#/sign-in');
    const email = await screen.findByLabelText('E-mail');
    await user.type(email, 'ada');
    await user.type(screen.getByLabelText('Password'), 'x{Enter}');
    expect(await screen.findByText('must be an e-mail address')).toBeVisible();
    expect(email).toHaveAccessibleDescription('must be an e-mail address');
    expect(email).toHaveFocus();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('a password can be looked at', async () => {
    const user = open('#/sign-in');
    const password = await screen.findByLabelText('Password');
    expect(password).toHaveAttribute('type', 'password');
    await user.click(screen.getByRole('button', { name: 'Show: Password' }));
    expect(password).toHaveAttribute('type', 'text');
  });

  test('stands in for a page that needs it, which is then shown', async () => {
    api.answer('auth.signIn', signInAda);
    api.answer('keys.list', { items: [] });
    api.answer('auth.sessions.list', { items: [] });
    const user = open('#/account');
    await user.type(await screen.findByLabelText('E-mail'), 'ada@example.com');
    await user.type(screen.getByLabelText('Password'), 'correct horse{Enter}');
    expect(await screen.findByRole('heading', { name: 'Your account' })).toBeVisible();
    expect(window.location.hash).toBe('#/account');
  });

  test('is asked for in place of the models where nobody unknown may see them', async () => {
    serveModels();
    api.refuse('models.list', { code: 'UNAUTHENTICATED', detail: 'The session is over. Sign in again.' });
    api.answer('auth.signOut', () => {
      serveModels();
      return { isSignedOut: true as const };
    });
    const user = show(<App />);
    expect(await screen.findByText('Sign in to see the models')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Go on without' }));
    expect(await screen.findByRole('heading', { name: 'Penguin species' })).toBeVisible();
  });
});

describe('signing in with another site', () => {
  test('is a link where there is one', async () => {
    serveModels();
    api.answer('auth.state', { ...nobody, provider: { name: 'Example' } });
    window.location.hash = '#/sign-in';
    show(<App />);
    const link = await screen.findByRole('link', { name: 'Sign in with Example' });
    expect(link).toHaveAttribute('href', '/auth/oidc/start');
  });

  test('is not offered where there is none', async () => {
    open('#/sign-in');
    await screen.findByLabelText('E-mail');
    expect(screen.queryByRole('link', { name: /Sign in with/ })).toBeNull();
  });

  test.each([
    [
      'registration-closed',
      'There is no account with your e-mail address. Ask an admin of this server for one.',
    ],
    ['email-not-verified', 'does not say that your e-mail address is yours'],
    ['Call+0900-EVIL', 'Signing in did not work. Try again.'],
    ['toString', 'Signing in did not work. Try again.'],
  ])('that failed with %s is explained in words of ours', async (reason, text) => {
    open(`#/sign-in?error=${reason}`);
    expect(await screen.findByRole('alert')).toHaveTextContent(text);
    expect(screen.queryByText(/EVIL/)).toBeNull();
  });

  test('that failed can be followed by a password', async () => {
    api.answer('auth.signIn', signInAda);
    const user = open('#/sign-in?error=sign-in-expired');
    await user.type(await screen.findByLabelText('E-mail'), 'ada@example.com');
    await user.type(screen.getByLabelText('Password'), 'correct horse{Enter}');
    expect(await screen.findByRole('heading', { name: 'Penguin species' })).toBeVisible();
    expect(window.location.hash).toBe('#/');
  });
});

describe('signing up', () => {
  test('is offered only where the server lets anybody do it', async () => {
    open('#/sign-in');
    await screen.findByLabelText('E-mail');
    expect(screen.queryByRole('link', { name: 'Sign up' })).toBeNull();
  });

  test('by its address, it says who makes accounts', async () => {
    open('#/sign-up');
    expect(await screen.findByText('Only admins make accounts on this server')).toBeVisible();
    expect(screen.queryByLabelText('E-mail')).toBeNull();
  });

  test('says what is asked of a password, and leads to signing in', async () => {
    api.answer('auth.register', { isAccepted: true });
    serveModels();
    api.answer('auth.state', { ...nobody, registration: 'open', passwordCharsMin: 15 });
    window.location.hash = '#/sign-up';
    const user = show(<App />);
    await user.type(await screen.findByLabelText('E-mail'), 'ada@example.com');
    await user.type(screen.getByLabelText('Name'), 'Ada');
    expect(screen.getByLabelText('Password')).toHaveAccessibleDescription('At least 15 characters.');
    await user.type(screen.getByLabelText('Password'), 'correct horse battery');
    await user.click(screen.getByRole('button', { name: 'Make an account' }));
    expect(await screen.findByText('Sign in now')).toBeVisible();
    expect(api.inputsOf('auth.register')).toEqual([
      { email: 'ada@example.com', name: 'Ada', password: 'correct horse battery' },
    ]);
  });
});

describe('a one-time link', () => {
  const link = '#/sign-in-link/one-time-token';

  test('sets a password, signs in, and is gone from the address', async () => {
    api.answer('auth.useLink', signInAda);
    api.answer('keys.list', { items: [] });
    api.answer('auth.sessions.list', { items: [] });
    const user = open(link);
    await user.type(await screen.findByLabelText('New password'), 'correct horse battery{Enter}');
    expect(await screen.findByRole('heading', { name: 'Your account' })).toBeVisible();
    expect(window.location.hash).toBe('#/account');
    expect(api.inputsOf('auth.useLink')).toEqual([
      { token: 'one-time-token', password: 'correct horse battery' },
    ]);
  });

  test('keeps the form when the password is refused: the link still works', async () => {
    const issues = [{ path: ['password'], rule: 'too_common', message: 'is one of the most used passwords' }];
    api.refuse('auth.useLink', { code: 'INPUT_INVALID', issues });
    const user = open(link);
    await user.type(await screen.findByLabelText('New password'), 'password1234{Enter}');
    expect(await screen.findByText('is one of the most used passwords')).toBeVisible();
    expect(window.location.hash).toBe(link);
  });

  test('says so when it worked before', async () => {
    api.refuse('auth.useLink', { code: 'UNAUTHENTICATED', detail: 'The link was used, or is too old.' });
    const user = open(link);
    await user.type(await screen.findByLabelText('New password'), 'correct horse battery{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent('The link was used, or is too old.');
  });
});
