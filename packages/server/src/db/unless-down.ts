import { DatabaseError } from 'pg';
import { AppError } from '../errors.ts';
import { Prisma } from '../generated/prisma/client.ts';

/**
 * What PostgreSQL says when it takes nothing now, whoever asks, though it may answer a ping: no connections, memory or room on
 * its disk are left, it starts or stops, its files cannot be read, or it only reads, since another server has its place.
 *
 * @see PostgreSQL documentation, "PostgreSQL Error Codes": classes 08, 53, 57P and 58, and 25006
 */
const outage = /^(?:08|53|58|57P0|25006)/;

/** What the driver says of connections that broke, or were not to be had or did not answer in time; it has no codes for these. */
const lost = /^(?:Connection terminated|Query read timeout|timeout exceeded when trying to connect)/;

/**
 * Does what needs the database, and says so in our own words when the database is what failed. The error alone does
 * not always tell: drivers report a lost server in a dozen ways; a ping does.
 *
 * @throws AppError DATABASE_UNAVAILABLE when the database does not answer, or takes nothing; else what `work` throws
 */
export async function unlessDown<T>(ping: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isOutage(cause) && (await isUp(ping))) throw cause;
    throw new AppError('DATABASE_UNAVAILABLE', 'The database does not answer. Try again in a moment.', {
      retryAfterS: 2,
      cause,
    });
  }
}

function isOutage(error: unknown): boolean {
  return outage.test(sqlStateOf(error)) || (error instanceof Error && lost.test(error.message));
}

function isUp(ping: () => Promise<void>): Promise<boolean> {
  return ping().then(
    () => true,
    () => false,
  );
}

/** Of what the driver threw, or Prisma with that in it; empty for all else. */
function sqlStateOf(error: unknown): string {
  if (error instanceof DatabaseError) return error.code ?? '';
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return '';
  // Prisma has no type for it
  const thrown = error.meta?.driverAdapterError as { cause?: { originalCode?: string } } | undefined;
  return thrown?.cause?.originalCode ?? '';
}
