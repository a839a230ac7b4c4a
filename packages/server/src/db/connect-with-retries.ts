import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { toShownUrl } from './connection-url.ts';
import type { DatabaseLogger } from './database-logger.ts';

interface Options {
  pool: Pool;
  databaseUrl: string;
  logger: DatabaseLogger;
  /** How long to wait for a server that does not answer yet; containers often start before their database. */
  connectMsMax: number;
}

const pauseMs = 250;
/**
 * "cannot connect now" while starting up, and "too many connections". Every other answer of a server is
 * final.
 */
const temporarySqlStates = new Set(['57P03', '53300']);

/**
 * Waits until the server answers a first query.
 *
 * @throws Error that names DATABASE_URL, its password masked, when the server refuses or stays away for too long
 */
export async function connectWithRetries({
  pool,
  databaseUrl,
  logger,
  connectMsMax,
}: Options): Promise<void> {
  const shownUrl = toShownUrl(databaseUrl);
  const giveUpAt = performance.now() + connectMsMax;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await pool.query('SELECT 1');
      return;
    } catch (error) {
      const reason = toReason(error);
      if (isFinal(error) || performance.now() + pauseMs > giveUpAt) {
        throw new Error(
          `The PostgreSQL server of DATABASE_URL (${shownUrl}) cannot be used: ${reason}. Start the server, correct ` +
            'DATABASE_URL, or unset it to use the embedded database.',
          { cause: error },
        );
      }
      if (attempt === 1)
        logger.warn({ url: shownUrl, reason }, 'the PostgreSQL server does not answer yet, trying again');
      await sleep(pauseMs);
    }
  }
}

function isFinal(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code !== null && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]+$/.test(code) && !temporarySqlStates.has(code)
  );
}

/** A host with several addresses fails with an AggregateError, which has a code but no message. */
function toReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message || codeOf(error) || 'it does not answer';
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
