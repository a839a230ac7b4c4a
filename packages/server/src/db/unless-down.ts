import { AppError } from '../errors.ts';

/**
 * Does what needs the database, and says so in our own words when the database is what failed. The error alone does
 * not tell: drivers report a lost server in a dozen ways; a ping does.
 *
 * @throws AppError DATABASE_UNAVAILABLE when the database does not answer; else what `work` throws
 */
export async function unlessDown<T>(ping: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const isUp = await ping().then(
      () => true,
      () => false,
    );
    if (isUp) throw cause;
    throw new AppError('DATABASE_UNAVAILABLE', 'The database does not answer. Try again in a moment.', {
      retryAfterS: 2,
      cause,
    });
  }
}
