import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One step of the database's shape, as Prisma lays it out: a folder with a `migration.sql`. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** The migrations in a folder, oldest first. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new Error(`The migrations folder ${folder} could not be read`, { cause });
  });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names
      .toSorted()
      .map(async (name) => ({ name, sql: await readFile(join(folder, name, 'migration.sql'), 'utf8') })),
  );
}

/** What Prisma records of a migration's text. */
export function toChecksum(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}

/**
 * Whether a recorded checksum is that of the text; as for Prisma, a checkout that changed line ends changed
 * nothing.
 */
export function matchesChecksum(sql: string, checksum: string): boolean {
  const unix = sql.replaceAll('\r\n', '\n');
  return [sql, unix, unix.replaceAll('\n', '\r\n')].some((text) => toChecksum(text) === checksum);
}
