import type { Prisma, PrismaClient } from '../generated/prisma/client.ts';
import { unlessDown } from './unless-down.ts';

/** Statements that happen together or not at all. Inside of one, everything must go through it: see {@link Transact}. */
export type Transaction = Prisma.TransactionClient;

/**
 * Does `work` in one transaction. The embedded database has one session: what goes around the transaction, while it is
 * open, waits for its end, and so does the transaction for it.
 *
 * @throws AppError DATABASE_UNAVAILABLE, and what `work` throws; nothing of it has happened then
 */
export type Transact = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;

interface Needs {
  readonly prisma: Pick<PrismaClient, '$transaction'>;
  ping(): Promise<void>;
}

/** A busy machine makes a transaction wait for its connection; that is no reason to give it up. */
const limits = { maxWait: 10_000, timeout: 20_000 };

export function createTransact({ prisma, ping }: Needs): Transact {
  return (work) => unlessDown(ping, () => prisma.$transaction(work, limits));
}
