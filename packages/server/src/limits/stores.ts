import type { Pool } from 'pg';
import {
  type IRateLimiterOptions,
  type IRateLimiterStoreOptions,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
} from 'rate-limiter-flexible';

/** What is asked of rate-limiter-flexible: all its limiters have these methods. */
export type Limiter = Pick<RateLimiterMemory, 'consume' | 'block' | 'reward' | 'delete'>;
export type CreateLimiter = (options: IRateLimiterOptions) => Limiter;

/** Where limits are counted. */
export interface LimitStore {
  readonly createLimiter: CreateLimiter;
  /** One that counts in memory while the store is down, by itself. */
  readonly createInsuredLimiter: CreateLimiter;
  /** Whether other processes count there too. */
  readonly isShared: boolean;
  close(): void;
}

/** A command that takes longer is given up. */
const storeMsMax = 1000;

export const createMemoryLimiter: CreateLimiter = (options) => new RateLimiterMemory(options);

interface Options {
  readonly redisUrl: string | undefined;
  /** Whether the database is a server, which others may use too. */
  readonly isDatabaseShared: boolean;
  readonly pool: Pick<Pool, 'query'>;
}

/** Redis where there is one, else the database where others may use it, else the memory of this process. */
export async function openLimitStore({ redisUrl, isDatabaseShared, pool }: Options): Promise<LimitStore> {
  if (redisUrl !== undefined) return openRedisStore(redisUrl);
  return isDatabaseShared ? createPostgresStore(pool) : createMemoryStore();
}

export function createMemoryStore(): LimitStore {
  return {
    createLimiter: createMemoryLimiter,
    createInsuredLimiter: createMemoryLimiter,
    isShared: false,
    close: () => undefined,
  };
}

/** In the table `rate_limit`, which the migrations make. */
export function createPostgresStore(pool: Pick<Pool, 'query'>): LimitStore {
  const storeClient = {
    // without the names that it gives its statements: the embedded database has one session for all connections
    query: ({ text, values }: { text: string; values: unknown[] }) => pool.query({ text, values }),
  };
  let hasCleaner = false;
  const createLimiter = (options: StoreOptions) => {
    // it clears the whole table, so one does it for all
    const clearExpiredByTimeout = !hasCleaner;
    hasCleaner = true;
    return new RateLimiterPostgres({
      ...options,
      storeClient,
      storeType: 'client',
      tableName: 'rate_limit',
      tableCreated: true,
      clearExpiredByTimeout,
    });
  };
  return toStore(createLimiter, () => undefined);
}

/** Its client is loaded only where there is a Redis. */
async function openRedisStore(url: string): Promise<LimitStore> {
  const { Redis } = await import('ioredis');
  const storeClient = new Redis(url, {
    commandTimeout: storeMsMax,
    connectTimeout: storeMsMax,
    maxRetriesPerRequest: 0,
    // a command waits for no connection: the spare takes over
    enableOfflineQueue: false,
    keyPrefix: 'oriel:',
  });
  // told where a limit is refused its store; unheard, it would be printed for every attempt to connect
  storeClient.on('error', () => undefined);
  await connected(storeClient);
  const createLimiter = (options: StoreOptions) => new RateLimiterRedis({ ...options, storeClient });
  return toStore(createLimiter, () => storeClient.disconnect());
}

type StoreOptions = IRateLimiterOptions & Pick<IRateLimiterStoreOptions, 'insuranceLimiter'>;

function toStore(createLimiter: (options: StoreOptions) => Limiter, close: () => void): LimitStore {
  return {
    isShared: true,
    createLimiter,
    createInsuredLimiter: (options) =>
      createLimiter({ ...options, insuranceLimiter: new RateLimiterMemory(options) }),
    close,
  };
}

/** Waits a moment for the first connection; without one the server starts all the same. */
function connected(client: { once(event: 'ready' | 'error', listener: () => void): unknown }): Promise<void> {
  return new Promise((resolve) => {
    client.once('ready', resolve);
    client.once('error', resolve);
  });
}
