import { createHash } from 'node:crypto';
import type { Transaction } from '../db/transaction.ts';
import { canonicalJson } from '../engine/canonical-json.ts';
import { AppError } from '../errors.ts';
import type { IdempotencyKeyId, IdempotencyRepository, TakenKey } from './repository.ts';

/** A call that its caller may send again, not knowing whether it arrived. */
export interface RepeatableCall extends Omit<IdempotencyKeyId, 'key'> {
  /** Without one, every call is a call of its own. */
  readonly key: string | undefined;
  /** What the call asks for, without the key: the same key with another input is a mistake. */
  readonly input: unknown;
}

/**
 * Says for good what was made, in the transaction that makes it.
 *
 * @throws AppError IDEMPOTENCY_KEY_IN_FLIGHT when another has taken the key, since this process was not heard of for long
 */
export type Finish = (resultId: string, tx: Transaction) => Promise<void>;

interface Needs {
  readonly repository: IdempotencyRepository;
  readonly logger: { warn(details: object, message: string): void };
  readonly now?: () => number;
}

export type Idempotency = ReturnType<typeof createIdempotency>;

/** How long a key is remembered. */
const keptMs = 24 * 3_600_000;
/** A maker that was not seen for so long is dead, and its key free. */
const unseenMsMax = 30_000;
const touchEachMs = 5_000;

/** Calls with a key happen once, however often they are sent: within a day, and over all processes. */
export function createIdempotency({ repository, logger, now = Date.now }: Needs) {
  return { once, deleteOld };

  /**
   * Calls `make` unless a call with this key has made something: then its id is the answer.
   *
   * @param make - gives the id of what it made. When it commits a transaction, it calls `finish` in it: without that, a
   * process that dies between the two would forget what it made.
   * @throws AppError IDEMPOTENCY_KEY_REUSED (another input), IDEMPOTENCY_KEY_IN_FLIGHT (still being made), and what
   * `make` throws; the key is free again then
   */
  async function once(
    { key, input, ...scope }: RepeatableCall,
    make: (finish: Finish) => Promise<string>,
  ): Promise<{ readonly id: string; readonly isRepeated: boolean }> {
    if (key === undefined) return { id: await make(async () => undefined), isRepeated: false };
    const id: IdempotencyKeyId = { ...scope, key };
    const inputHash = hashOf(input);
    const takenAt = new Date(now());
    const stored = await repository.take(id, {
      inputHash,
      now: takenAt,
      seenBefore: new Date(takenAt.getTime() - unseenMsMax),
      createdBefore: new Date(takenAt.getTime() - keptMs),
    });
    if (stored === null) return { id: await makeWith({ ...id, takenAt }, make), isRepeated: false };
    if (stored.inputHash !== inputHash) throw reused(key);
    if (stored.resultId === null) throw inFlight(key);
    return { id: stored.resultId, isRepeated: true };
  }

  async function makeWith(taken: TakenKey, make: (finish: Finish) => Promise<string>): Promise<string> {
    let isFinished = false;
    const touching = setInterval(() => {
      repository
        .touch(taken, new Date(now()))
        .catch((err: unknown) => logger.warn({ err }, 'an idempotency key could not be kept in use'));
    }, touchEachMs);
    try {
      const resultId = await make(async (resultId, tx) => {
        if (!(await repository.finish(taken, resultId, tx))) throw inFlight(taken.key);
        isFinished = true;
      });
      if (!isFinished) await repository.finish(taken, resultId);
      return resultId;
    } catch (error) {
      // what failed may be tried again at once; where the database is down, once its maker counts as dead
      await repository.release(taken).catch(() => undefined);
      throw error;
    } finally {
      clearInterval(touching);
    }
  }

  /** Forgets keys that have had their time; says how many. */
  function deleteOld(): Promise<number> {
    return repository.deleteOlder(new Date(now() - keptMs));
  }
}

function hashOf(input: unknown): string {
  return createHash('sha256')
    .update(canonicalJson(input) ?? JSON.stringify(input) ?? '')
    .digest('hex');
}

function reused(key: string): AppError {
  return new AppError(
    'IDEMPOTENCY_KEY_REUSED',
    `The idempotency key "${key}" came with another input before. Send a new key for a new input.`,
  );
}

function inFlight(key: string): AppError {
  return new AppError(
    'IDEMPOTENCY_KEY_IN_FLIGHT',
    `The first call with the idempotency key "${key}" is not done yet. Send it again in a moment.`,
    { retryAfterS: 1 },
  );
}
