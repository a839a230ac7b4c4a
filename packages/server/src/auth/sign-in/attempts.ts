import { hash } from 'node:crypto';
import { type IRateLimiterOptions, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../../errors.ts';
import { limitedPrefix, toIpPrefix } from '../ip-prefix.ts';

/** What is asked of rate-limiter-flexible: its limiters in PostgreSQL and Redis have the same methods. */
type Limiter = Pick<RateLimiterMemory, 'consume' | 'block' | 'reward' | 'delete'>;

interface Options {
  /** Most failures within a minute before the first wait. */
  readonly attemptsMax: number;
  /** Where it is counted; this process' memory unless told otherwise. */
  readonly createLimiter?: (options: IRateLimiterOptions) => Limiter;
}

export type AttemptLimits = ReturnType<typeof createAttemptLimits>;

const firstWaitS = 60;
/** An account whose owner is kept out by a stranger's guesses must come back by itself. */
const longestWaitS = 900;
const daysS = 86_400;

/**
 * Bounds how often passwords and links are guessed: by address and by account, whether there is such an account or not.
 * Each time that too many failed, the wait doubles, for a day.
 */
export function createAttemptLimits({
  attemptsMax,
  createLimiter = (options) => new RateLimiterMemory(options),
}: Options) {
  const attempts = createLimiter({ keyPrefix: 'sign-in', points: attemptsMax, duration: firstWaitS });
  const waits = createLimiter({ keyPrefix: 'sign-in-wait', points: 1_000_000, duration: daysS });

  return {
    /**
     * Counts an attempt before it is made: of many at once, no more than the bound are tried.
     *
     * @param account - an e-mail address or another name of it; null where an attempt is about none
     * @throws AppError RATE_LIMITED
     */
    async take(ip: string, account: string | null): Promise<void> {
      for (const key of keysOf(ip, account)) await takeOne(key, 'Too many attempts to sign in.');
    },

    /**
     * Counts an account that is asked for, apart from the attempts to sign in: many who register behind one address, in
     * a course say, must not keep each other from signing in.
     *
     * @throws AppError RATE_LIMITED
     */
    async takeRegistration(ip: string): Promise<void> {
      await takeOne(`register ${addressKey(ip)}`, 'Too many accounts were asked for from this address.');
    },

    /** Takes back what a right attempt counted; its account starts anew. */
    async succeed(ip: string, account: string): Promise<void> {
      await attempts.reward(addressKey(ip));
      await Promise.all([attempts, waits].map((each) => each.delete(accountKey(account))));
    },
  };

  async function takeOne(key: string, refused: string): Promise<void> {
    try {
      await attempts.consume(key);
    } catch (refusal) {
      // its limiters reject with this when there is nothing left, and with an error when they fail
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const isFirst = refusal.consumedPoints === attemptsMax + 1;
      const waitS = isFirst ? await startWait(key) : Math.ceil(refusal.msBeforeNext / 1000);
      throw new AppError('RATE_LIMITED', `${refused} Wait, then try again.`, {
        retryAfterS: Math.max(1, waitS),
      });
    }
  }

  async function startWait(key: string): Promise<number> {
    const { consumedPoints } = await waits.consume(key);
    const waitS = Math.min(longestWaitS, firstWaitS * 2 ** (consumedPoints - 1));
    await attempts.block(key, waitS);
    return waitS;
  }
}

/** The address first: one that is refused must not count against an account. */
function keysOf(ip: string, account: string | null): string[] {
  return [addressKey(ip), ...(account === null ? [] : [accountKey(account)])];
}

function addressKey(ip: string): string {
  return `ip:${toIpPrefix(ip, limitedPrefix) ?? ip}`;
}

/** Hashed: a store of limits is no place for addresses of people. */
function accountKey(account: string): string {
  return `account:${hash('sha256', account, 'base64url')}`;
}
