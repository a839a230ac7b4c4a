import type { Transaction } from '../db/transaction.ts';
import { unlessDown } from '../db/unless-down.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';

/** A key as a caller sends it: another caller's, or another operation's, is another key. */
export interface IdempotencyKeyId {
  readonly owner: string;
  /** What is made, e.g. `jobs.predictDataset`. */
  readonly operation: string;
  readonly key: string;
}

/** A key in the hands of who took it; one that was not seen for long may be another's by now. */
export interface TakenKey extends IdempotencyKeyId {
  readonly takenAt: Date;
}

export interface StoredKey {
  readonly inputHash: string;
  /** Null while it is being made. */
  readonly resultId: string | null;
}

/** Every method throws AppError DATABASE_UNAVAILABLE when the database does not answer. */
export interface IdempotencyRepository {
  /**
   * Takes a key that nobody has, or whose taker has not been seen since `seenBefore` and made nothing; or one that is
   * older than `createdBefore`.
   *
   * @returns null when it is taken now; else what is stored
   */
  take(
    id: IdempotencyKeyId,
    times: {
      readonly inputHash: string;
      readonly now: Date;
      readonly seenBefore: Date;
      readonly createdBefore: Date;
    },
  ): Promise<StoredKey | null>;
  touch(taken: TakenKey, now: Date): Promise<void>;
  /** @returns whether the key is still the taker's; nothing is written else */
  finish(taken: TakenKey, resultId: string, tx?: Transaction): Promise<boolean>;
  /** Gives a key back that made nothing. */
  release(taken: TakenKey): Promise<void>;
  /** @returns how many there were */
  deleteOlder(createdBefore: Date): Promise<number>;
}

interface Needs {
  readonly prisma: Pick<PrismaClient, 'idempotencyKey' | '$queryRaw'>;
  ping(): Promise<void>;
}

export function createIdempotencyRepository({ prisma, ping }: Needs): IdempotencyRepository {
  const keys = prisma.idempotencyKey;
  return {
    async take({ owner, operation, key }, { inputHash, now, seenBefore, createdBefore }) {
      // one statement: of any number of processes that ask at once, one is given the key
      const insert = () => prisma.$queryRaw<{ key: string }[]>`
        INSERT INTO idempotency_key AS old (owner, operation, key, input_hash, created_at, seen_at)
        VALUES (${owner}, ${operation}, ${key}, ${inputHash}, ${now}, ${now})
        ON CONFLICT (owner, operation, key) DO UPDATE
        SET input_hash = excluded.input_hash, result_id = NULL, created_at = excluded.created_at,
            seen_at = excluded.seen_at
        WHERE (old.result_id IS NULL AND old.seen_at < ${seenBefore}) OR old.created_at < ${createdBefore}
        RETURNING key`;
      if ((await unlessDown(ping, insert)).length > 0) return null;
      const where = { owner_operation_key: { owner, operation, key } };
      const found = await unlessDown(ping, () => keys.findUnique({ where }));
      // given back between the two statements: for this caller, it is still in use
      return found ?? { inputHash, resultId: null };
    },

    async touch(taken, now) {
      const where = { ...ownedBy(taken), resultId: null };
      await unlessDown(ping, () => keys.updateMany({ where, data: { seenAt: now } }));
    },

    async finish(taken, resultId, tx) {
      const { idempotencyKey } = tx ?? prisma;
      const write = () => idempotencyKey.updateMany({ where: ownedBy(taken), data: { resultId } });
      return (await unlessDown(ping, write)).count > 0;
    },

    async release(taken) {
      await unlessDown(ping, () => keys.deleteMany({ where: { ...ownedBy(taken), resultId: null } }));
    },

    async deleteOlder(createdBefore) {
      const where = { createdAt: { lt: createdBefore } };
      return (await unlessDown(ping, () => keys.deleteMany({ where }))).count;
    },
  };
}

/** Takers are told apart by when they took it: they are half a minute apart at least. */
function ownedBy({ takenAt: createdAt, ...id }: TakenKey) {
  return { ...id, createdAt };
}
