import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../errors.ts';
import { createAttemptLimits } from './attempts.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const here = '192.0.2.1';

/** Seconds to wait; 0: the attempt may be made. */
function createScene(attemptsMax = 5) {
  const limits = createAttemptLimits({ attemptsMax });
  const take = async (ip: string, account: string | null): Promise<number> => {
    try {
      await limits.take(ip, account);
      return 0;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'RATE_LIMITED') throw error;
      return error.retryAfterS ?? -1;
    }
  };
  const takeMany = async (count: number, ipOf: (i: number) => string, account: string | null) => {
    const waits: number[] = [];
    for (let i = 0; i < count; i++) waits.push(await take(ipOf(i), account));
    return waits;
  };
  return { take, takeMany, succeed: limits.succeed, takeRegistration: limits.takeRegistration };
}

const anywhere = (i: number) => `198.51.100.${i}`;

describe('attempts to sign in', () => {
  test('are bounded for an account, wherever they come from', async () => {
    const { take, takeMany } = createScene();
    expect(await takeMany(6, anywhere, 'ada')).toEqual([0, 0, 0, 0, 0, 60]);
    expect(await take(here, 'grace')).toBe(0);
  });

  test('are bounded for an address, whomever they are about; it then costs no account anything', async () => {
    const { take, takeMany } = createScene();
    for (let i = 0; i < 5; i++) expect(await take(here, `user ${i}`)).toBe(0);
    expect(await take(here, 'ada')).toBe(60);
    expect(await takeMany(5, anywhere, 'ada')).toEqual([0, 0, 0, 0, 0]);
  });

  test('of one network of IPv6 count together: it has more addresses than anybody can count', async () => {
    const { takeMany } = createScene();
    const waits = await takeMany(6, (i) => `2001:db8::${i + 1}`, null);
    expect(waits).toEqual([0, 0, 0, 0, 0, 60]);
  });

  test('wait twice as long each time, up to a quarter of an hour', async () => {
    const { take } = createScene(1);
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      expect(await take(anywhere(2 * i), 'ada')).toBe(0);
      const wait = await take(anywhere(2 * i + 1), 'ada');
      waits.push(wait);
      vi.advanceTimersByTime(wait * 1000 + 1);
    }
    expect(waits).toEqual([60, 120, 240, 480, 900, 900]);
  });

  test('while waiting do not make the wait longer', async () => {
    const { take } = createScene(1);
    await take(anywhere(1), 'ada');
    expect(await take(anywhere(2), 'ada')).toBe(60);
    vi.advanceTimersByTime(30_000);
    expect(await take(anywhere(3), 'ada')).toBe(30);
  });

  test('that are right do not count', async () => {
    const { take, succeed } = createScene();
    for (let i = 0; i < 20; i++) {
      expect(await take(here, 'ada')).toBe(0);
      await succeed(here, 'ada');
    }
  });

  test('are not what accounts that are asked for count towards, nor the other way round', async () => {
    const { take, takeMany, takeRegistration } = createScene();
    for (let i = 0; i < 5; i++) await takeRegistration(here);
    await expect(takeRegistration(here)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterS: 60 });
    expect(await take(here, 'ada')).toBe(0);
    expect(await takeMany(6, () => '192.0.2.2', null)).toEqual([0, 0, 0, 0, 0, 60]);
    await expect(takeRegistration('192.0.2.2')).resolves.toBeUndefined();
  });

  test('at once are no more than the bound', async () => {
    const { take } = createScene();
    const waits = await Promise.all(Array.from({ length: 20 }, (_, i) => take(anywhere(i), 'ada')));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(5);
  });
});
