import { describe, expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { errorHeaders } from './error-headers.ts';

describe('errorHeaders', () => {
  test('none for errors that ask for nothing', () => {
    expect(errorHeaders([])).toEqual({});
    expect(errorHeaders([new AppError('INPUT_INVALID', 'x'), new AppError('FORBIDDEN', 'x')])).toEqual({});
  });

  test('of a batch, the longest time to wait', () => {
    const errors = [3, 7, 1].map((retryAfterS) => new AppError('RATE_LIMITED', 'x', { retryAfterS }));
    expect(errorHeaders(errors)).toEqual({ 'retry-after': '7' });
  });

  test.each([
    ['no credential', new AppError('UNAUTHENTICATED', 'x'), 'Bearer realm="oriel"'],
    [
      'a wrong one',
      new AppError('UNAUTHENTICATED', 'x', { challenge: { error: 'invalid_token' } }),
      'Bearer realm="oriel", error="invalid_token"',
    ],
    [
      'one that may not',
      new AppError('FORBIDDEN', 'x', { challenge: { error: 'insufficient_scope', scope: 'jobs:read' } }),
      'Bearer realm="oriel", error="insufficient_scope", scope="jobs:read"',
    ],
  ])('asks for a credential as RFC 6750 says: %s', (_name, error, header) => {
    expect(errorHeaders([error])).toEqual({ 'www-authenticate': header });
  });
});
