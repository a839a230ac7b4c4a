import { type Migration, matchesChecksum } from './migration-files.ts';

/** A row of Prisma's own table of migrations, as far as a decision needs it. */
export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
  readonly finishedAt: Date | null;
  readonly rolledBackAt: Date | null;
}

/**
 * Which migrations are still to be applied, in order.
 *
 * @throws Error when the database has another history than this version; nothing may be changed then
 */
export function planMigrations(
  known: readonly Migration[],
  applied: readonly AppliedMigration[],
): Migration[] {
  const current = applied.filter((row) => row.rolledBackAt === null);
  for (const row of current) checkApplied(row, known);
  const done = new Set(current.map((row) => row.name));
  return known.filter((migration) => !done.has(migration.name));
}

function checkApplied({ name, checksum, finishedAt }: AppliedMigration, known: readonly Migration[]): void {
  if (finishedAt === null) {
    throw new Error(
      `Migration "${name}" began on this database and did not finish. Look at what it left, then mark it with ` +
        `\`npx prisma migrate resolve --rolled-back ${name}\` (it will be applied again) or \`--applied ${name}\`.`,
    );
  }
  const migration = known.find((candidate) => candidate.name === name);
  if (!migration) {
    throw new Error(
      `The database has migration "${name}", which this version does not know. Start the version that applied it, ` +
        'or restore a backup from before.',
    );
  }
  if (!matchesChecksum(migration.sql, checksum)) {
    throw new Error(
      `Migration "${name}" was changed after it had been applied to this database. Restore its migration.sql, ` +
        'and put the change into a new migration.',
    );
  }
}
