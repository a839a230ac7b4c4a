import { TRPCClientError } from '@trpc/client';
import { describe, expect, test } from 'vitest';
import { ProblemError } from '../problem-error.ts';
import { toProblem } from '../testing/refusal.ts';
import { describeError } from './describe-error.ts';

const url = 'https://example.com';
/** As `fetch` fails, and as tRPC passes it on. */
const failedFetch = (code: string) =>
  TRPCClientError.from(new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) }));

describe('a failure is told with what to do', () => {
  test.each([
    ['nothing answers', failedFetch('ECONNREFUSED'), 'does not answer (ECONNREFUSED)'],
    ['no TLS is spoken', failedFetch('ERR_SSL_WRONG_VERSION_NUMBER'), 'http:// in place of https://'],
    ['a page came', new ProblemError({ status: 200, problem: null }), 'not as an Oriel server does'],
    [
      'a page came to tRPC',
      TRPCClientError.from(new ProblemError({ status: 502, problem: null })),
      'not as an Oriel server does',
    ],
    [
      'the path is wrong',
      new ProblemError({ status: 404, problem: toProblem({ code: 'ROUTE_NOT_FOUND' }, '/') }),
      'without a path behind it?',
    ],
    [
      'nobody is signed in',
      new ProblemError({ status: 401, problem: toProblem({ code: 'UNAUTHENTICATED' }, '/') }),
      'Give an API key',
    ],
  ])('%s', (_what, error, advice) => expect(describeError(error, url)).toContain(advice));
});
