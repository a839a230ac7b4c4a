import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { createCapturedLogger } from './support/captured-logger.ts';
import { createFlakyNetwork } from './support/flaky-network.ts';
import { newPrediction } from './support/new-prediction.ts';
import { createOnServer, databaseKinds, testServerUrl } from './support/test-databases.ts';

// starting a database takes long on a busy machine
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const title = databaseKinds[1]?.title ?? '';

describe.skipIf(testServerUrl === null)(title, () => {
  let where: Awaited<ReturnType<typeof createOnServer>>;
  beforeAll(async () => {
    where = await createOnServer();
  });
  afterAll(() => where.drop());

  test('is waited for when it starts late', async () => {
    const network = await createFlakyNetwork(where.databaseUrl);
    const logger = createCapturedLogger();
    const opening = openDatabase({ ...where, databaseUrl: network.url, logger });
    await expect.poll(() => logger.lines).toHaveLength(1);
    expect(logger.lines[0]).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('does not answer yet'),
    });

    await network.restore();
    const database = await opening;
    await database.ping();
    await database.close();
    await network.cut();
  });

  test('may go away and come back: calls fail meanwhile, and the process goes on', async () => {
    const network = await createFlakyNetwork(where.databaseUrl);
    await network.restore();
    const database = await openDatabase({
      ...where,
      databaseUrl: network.url,
      logger: createCapturedLogger(),
    });
    const running = expect(database.pool.query('SELECT pg_sleep(30)')).rejects.toThrow();
    await sleep(50);
    await network.cut();
    await running;
    await expect(database.ping()).rejects.toThrow();
    await expect(database.prisma.prediction.count()).rejects.toThrow();

    await network.restore();
    await database.ping();
    await database.prisma.prediction.create({ data: newPrediction() });
    await database.close();
    await network.cut();
  });

  test('that drops idle connections does not end the process', async () => {
    const logger = createCapturedLogger();
    const database = await openDatabase({ ...where, logger });
    await database.ping();
    const other = new Pool({ connectionString: where.databaseUrl });
    await other.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE pid <> pg_backend_pid() AND datname = current_database()`,
    );
    await expect.poll(() => logger.lines.at(-1)).toMatchObject({ level: 'warn' });
    await database.ping();
    await other.end();
    await database.close();
  });

  test('whose connection breaks in the middle of a migration fails the start, and says so', async () => {
    const fresh = await createOnServer();
    const folder = await mkdtemp(join(tmpdir(), 'oriel-migrations-'));
    await mkdir(join(folder, '20260101000000_long'));
    await writeFile(join(folder, '20260101000000_long', 'migration.sql'), 'SELECT pg_sleep(60)');
    const opening = openDatabase({ ...fresh, migrationsFolder: folder, logger: createCapturedLogger() });
    const failing = expect(opening).rejects.toThrow('Migration "20260101000000_long" failed');
    const other = new Pool({ connectionString: fresh.databaseUrl });
    const endSleeping = async () => {
      const { rows } = await other.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND query = 'SELECT pg_sleep(60)'`,
      );
      return rows.length;
    };
    await expect.poll(endSleeping, { timeout: 30_000 }).toBe(1);
    await failing;
    await other.end();
    await fresh.drop();
    await rm(folder, { recursive: true });
  });

  test('is migrated once when several processes start on it', async () => {
    const fresh = await createOnServer();
    const loggers = [1, 2, 3].map(() => createCapturedLogger());
    const databases = await Promise.all(loggers.map((logger) => openDatabase({ ...fresh, logger })));
    const migrated = loggers.filter(({ lines }) =>
      lines.some(({ message }) => message === 'migrated the database'),
    );
    expect(migrated).toHaveLength(1);
    await Promise.all(databases.map((database) => database.close()));
    await fresh.drop();
  });

  test('keeps its tables in the schema that the connection string names', async () => {
    const database = await openDatabase({
      ...where,
      databaseUrl: `${where.databaseUrl}?schema=Serving`,
      logger: createCapturedLogger(),
    });
    await database.prisma.prediction.create({ data: newPrediction() });
    const { rows } = await database.pool.query('SELECT count(*)::int AS count FROM "Serving".prediction');
    expect(rows).toEqual([{ count: 1 }]);
    await database.close();
  });
});

describe('a DATABASE_URL that cannot be used', () => {
  test('is named without its password after a while of trying', async () => {
    const url = 'postgres://oriel:secret@127.0.0.1:1/oriel';
    const opening = openDatabase({
      databaseUrl: url,
      dataFolder: '',
      logger: createCapturedLogger(),
      connectMsMax: 300,
    });
    const { message }: Error = await opening.then(
      () => expect.fail('opened'),
      (error: Error) => error,
    );
    expect(message).toContain(
      'DATABASE_URL (postgres://oriel:***@127.0.0.1:1/oriel) cannot be used: connect ECONNREFUSED',
    );
    expect(message).not.toContain('secret');
  });

  test.skipIf(testServerUrl === null)('is refused at once when the server says no', async () => {
    const url = new URL(testServerUrl ?? '');
    url.pathname = '/no_such_database';
    const logger = createCapturedLogger();
    await expect(openDatabase({ databaseUrl: url.href, dataFolder: '', logger })).rejects.toThrow(
      '"no_such_database" does not exist',
    );
    expect(logger.lines).toEqual([]); // no second try
  });
});
