import { limitedPrefix, toIpPrefix } from '../auth/ip-prefix.ts';
import type { Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { createLeasedLimit, type LeasedLimit, type Standing } from './leased-limit.ts';
import { createMemoryLimiter, type LimitStore } from './stores.ts';

interface Options {
  readonly store: LimitStore;
  /** Requests of an address that nobody is known from; 0: no limit. */
  readonly anonymousPerMinute: number;
  /** Requests of a person, a client or a token; 0: no limit. */
  readonly callerPerMinute: number;
  /** Wrong credentials of an address; 0: no limit. */
  readonly failuresPerMinute: number;
  readonly logger: { warn(details: object, message: string): void };
  readonly onStoreFailure?: () => void;
}

/** Undefined where nothing is counted; a promise only when the store has to be asked. */
export type Outcome = Standing | Promise<Standing> | undefined;

export type Limits = ReturnType<typeof createLimits>;

const windowS = 60;
/** A store that is down is told of this often. */
const tellEveryMs = 60_000;

/** How many requests callers may make: by who they are or, where nobody knows them, by their address. */
export function createLimits({
  store,
  anonymousPerMinute,
  callerPerMinute,
  failuresPerMinute,
  logger,
  onStoreFailure,
}: Options) {
  let toldAtMs = Number.NEGATIVE_INFINITY;
  const anonymous = limitOf('anonymous', anonymousPerMinute);
  const callers = limitOf('caller', callerPerMinute);
  const failures = limitOf('credential', failuresPerMinute);

  return { take, takeAddress, takeFailure };

  /** Counts requests of a caller; undefined where nothing bounds it. API keys are bounded by their quotas alone. */
  function take(principal: Principal, ip: () => string, count: number): Outcome {
    if (principal.kind === 'key') return undefined;
    return principal.kind === 'anonymous' ? takeAddress(ip(), count) : callers?.take(principal.id, count);
  }

  /** Counts requests of an address, where there is no caller to know. */
  function takeAddress(ip: string, count = 1): Outcome {
    return anonymous?.take(toAddressKey(ip), count);
  }

  /**
   * Counts a credential that was wrong. A right one from the same address goes on: behind one address may be a whole
   * company, of which one program has an old key.
   */
  function takeFailure(ip: string): Outcome {
    return failures?.take(toAddressKey(ip));
  }

  function limitOf(name: string, limit: number): LeasedLimit | null {
    if (limit === 0) return null;
    const { createLimiter, isShared } = store;
    const createSpare = createMemoryLimiter;
    return createLeasedLimit({
      name,
      limit,
      windowS,
      createLimiter,
      isShared,
      createSpare,
      onStoreFailure: onFailure,
    });
  }

  function onFailure(err: unknown): void {
    onStoreFailure?.();
    if (performance.now() - toldAtMs < tellEveryMs) return;
    toldAtMs = performance.now();
    logger.warn({ err }, 'the store of the limits does not answer: each process counts for itself');
  }
}

export function rateLimited({ limit, resetS }: Standing): AppError {
  return new AppError(
    'RATE_LIMITED',
    `Too many requests: ${limit} a minute are allowed. Wait, then try again.`,
    {
      retryAfterS: resetS,
    },
  );
}

/** Addresses of IPv4 are written in one way only, which spares the hot path the parsing. */
function toAddressKey(ip: string): string {
  return ip.includes(':') ? (toIpPrefix(ip, limitedPrefix) ?? ip) : `${ip}/32`;
}
