import { randomUUID } from 'node:crypto';
import { type ClientBase, DatabaseError, type Pool, type PoolClient } from 'pg';
import { type Migration, readMigrations, toChecksum } from './migration-files.ts';
import { type AppliedMigration, planMigrations } from './migration-plan.ts';

/**
 * The key Prisma's own engine locks, so that `prisma migrate deploy` and a starting server wait for each
 * other.
 */
const prismaLockKey = 72707369;
const lockMsMax = 60_000;
const lockNotAvailable = '55P03';

/** Prisma's own bookkeeping, to the letter. */
const createTable = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Brings a database to the shape this version needs. Leaves the records that `prisma migrate deploy` would
 * leave. Of several processes that start at once, one applies; the others wait and find nothing to do.
 *
 * @returns the names of the migrations that were applied now
 * @throws Error when a migration fails (nothing of it stays), or the database has another history than this version
 */
export async function applyMigrations(pool: Pool, folder: string): Promise<string[]> {
  const migrations = await readMigrations(folder);
  if (migrations.length === 0) throw new Error(`The migrations folder ${folder} holds no migration`);
  const client = await pool.connect();
  let failure: Error | undefined;
  // a connection that breaks fails the statement that waits for it; here nobody listens but this, and unheard it ends the process
  client.on('error', () => undefined);
  try {
    return await withLock(client, () => applyMissing(client, migrations));
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw failure;
  } finally {
    client.release(failure); // a connection that failed is closed, and gives back its lock by that
  }
}

async function withLock<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query(`SET lock_timeout = ${lockMsMax}`);
  await client.query('SELECT pg_advisory_lock($1)', [prismaLockKey]).catch((cause: unknown) => {
    if (!(cause instanceof DatabaseError) || cause.code !== lockNotAvailable) throw cause;
    throw new Error('Another process has been migrating this database for a minute; wait for it or stop it', {
      cause,
    });
  });
  await client.query('RESET lock_timeout');
  const result = await work();
  await client.query('SELECT pg_advisory_unlock($1)', [prismaLockKey]);
  return result;
}

async function applyMissing(client: ClientBase, migrations: readonly Migration[]): Promise<string[]> {
  await client.query(createTable);
  const missing = planMigrations(migrations, await listApplied(client));
  for (const migration of missing) await applyOne(client, migration);
  return missing.map(({ name }) => name);
}

async function listApplied(client: ClientBase): Promise<AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(
    `SELECT migration_name AS name, checksum, finished_at AS "finishedAt", rolled_back_at AS "rolledBackAt"
     FROM "_prisma_migrations" ORDER BY started_at`,
  );
  return rows;
}

/** Record and change are one transaction, so that a process killed in the middle leaves neither. */
async function applyOne(client: ClientBase, { name, sql }: Migration): Promise<void> {
  const id = randomUUID();
  await client.query('BEGIN');
  try {
    await client.query(
      'INSERT INTO "_prisma_migrations" (id, checksum, migration_name) VALUES ($1, $2, $3)',
      [id, toChecksum(sql), name],
    );
    await client.query(sql);
    await client.query(
      'UPDATE "_prisma_migrations" SET finished_at = clock_timestamp(), applied_steps_count = 1 WHERE id = $1',
      [id],
    );
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => {}); // a lost connection has rolled back by itself
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Migration "${name}" failed and was rolled back: ${reason}`, { cause });
  }
}
