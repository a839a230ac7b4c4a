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
  ['#/datasets', { page: 'datasets' }],
  ['#/datasets/0193a1b2-0000', { page: 'dataset', id: '0193a1b2-0000' }],
  ['#/datasets/0193a1b2-0000/score', { page: 'score', id: '0193a1b2-0000' }],
  ['#/datasets/0193a1b2-0000/else', { page: 'models' }],
  ['#/jobs', { page: 'jobs' }],
  ['#/jobs/0193a1b2-0000', { page: 'job', id: '0193a1b2-0000' }],
  ['#/nowhere', { page: 'models' }],
])('%j shows %j', (hash, route) => {
  expect(toRoute(hash)).toEqual(route);
});
