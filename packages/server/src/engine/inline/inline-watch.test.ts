import { describe, expect, test } from 'vitest';
import { InlineWatch } from './inline-watch.ts';

/** A watch over runs that take so long on the wall and, if not said otherwise, compute all that time. */
function setUp() {
  let [now, computedMs] = [0, 0];
  const watch = new InlineWatch(() => computedMs);
  return (elapsedMs: number, { hasFailed = false, threadMs = elapsedMs } = {}) => {
    watch.begin(now);
    now += elapsedMs;
    computedMs += threadMs;
    return watch.end({ elapsedMs, hasFailed });
  };
}

describe('InlineWatch', () => {
  test('quick runs stay, however many', () => {
    const run = setUp();
    for (let i = 0; i < 1000; i += 1) expect(run(0.05)).toBeNull();
  });

  test('one very long run is enough', () => {
    expect(setUp()(300)).toEqual({ isSlow: false, reason: 'a run took 300 ms' });
  });

  test('a run during which the machine did something else is not very long', () => {
    expect(setUp()(300, { threadMs: 0.05 })).toBeNull();
  });

  test('what was computed before the run does not count', () => {
    const run = setUp();
    run(0.05);
    run(0.05, { threadMs: 400 });
    for (let i = 0; i < 2000; i += 1) run(0.05);
    expect(run(260, { threadMs: 0.05 })).toBeNull();
  });

  test('ten slow or failed runs in a row are too many', () => {
    const run = setUp();
    for (let i = 0; i < 9; i += 1) expect(i % 2 ? run(5) : run(0.05, { hasFailed: true })).toBeNull();
    expect(run(5)).toMatchObject({ isSlow: true, reason: expect.stringContaining('often take over') });
    expect(run(5), 'it begins to count anew').toBeNull();
  });

  test('a failed run says nothing of speed: one that was slow too is a failure', () => {
    const run = setUp();
    for (let i = 0; i < 9; i += 1) run(0.05, { hasFailed: true });
    expect(run(5, { hasFailed: true })).toEqual({ isSlow: false, reason: 'its runs often fail' });
  });

  test('one slow run in ten does not add up, one in two does', () => {
    const [seldom, often] = [setUp(), setUp()];
    const reasons = { seldom: 0, often: 0 };
    for (let i = 0; i < 200; i += 1) {
      if (seldom(i % 10 === 0 ? 5 : 0.05) !== null) reasons.seldom += 1;
      if (often(i % 2 === 0 ? 5 : 0.05) !== null) reasons.often += 1;
    }
    expect(reasons.seldom).toBe(0);
    expect(reasons.often).toBeGreaterThan(0);
  });
});
