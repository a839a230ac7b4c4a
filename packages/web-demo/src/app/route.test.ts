import { expect, test } from 'vitest';
import { toRoute } from './route.ts';

test.each([
  ['', { page: 'models' }],
  ['#/', { page: 'models' }],
  ['#/models/penguins', { page: 'models' }],
  ['#/sign-in', { page: 'sign-in' }],
  ['#/sign-in?error=email-not-verified', { page: 'sign-in', error: 'email-not-verified' }],
  ['#/account', { page: 'account' }],
  ['#/admin', { page: 'admin' }],
  ['#/sign-in-link/a-token', { page: 'sign-in-link', token: 'a-token' }],
  ['#/nowhere', { page: 'models' }],
])('%j shows %j', (hash, route) => {
  expect(toRoute(hash)).toEqual(route);
});
