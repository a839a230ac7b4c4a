import { describe, expect, test } from 'vitest';
import { isAsyncPreferred, waitOf } from './prefer.ts';

describe('preferences', () => {
  test.each([
    ['wait=5', 5],
    ['respond-async, wait=10', 10],
    ['handling=lenient; wait="7"', 7],
    ['wait=100000', 30],
    ['await=5', null],
    ['wait=soon', null],
    [undefined, null],
  ])('%s waits for %s seconds', (header, seconds) => expect(waitOf(header)).toBe(seconds));

  test.each([
    ['respond-async', true],
    ['return=minimal, Respond-Async', true],
    ['respond-async; wait=3', true],
    ['do-not-respond-async', false],
    [['wait=1', 'respond-async'], true],
    [undefined, false],
  ])('%s: answered before the work is done: %s', (header, isAsync) =>
    expect(isAsyncPreferred(header)).toBe(isAsync),
  );
});
