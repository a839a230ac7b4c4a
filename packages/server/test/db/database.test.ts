import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { readMigrations } from '../../src/db/migration-files.ts';
import { unlessDown } from '../../src/db/unless-down.ts';
import { createCapturedLogger } from './support/captured-logger.ts';
import { newPrediction } from './support/new-prediction.ts';
import {
  createSchemaEngine,
  findDrift,
  noFilters,
  pgliteAdapters,
  toMigrationList,
} from './support/schema-engine.ts';
import { databaseKinds, type TestDatabase } from './support/test-databases.ts';

// starting a database takes long on a busy machine
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const migrationsFolder = fileURLToPath(new URL('../../../../prisma/migrations', import.meta.url));
const schema = readFileSync(new URL('../../../../prisma/schema.prisma', import.meta.url), 'utf8');
const migrations = await readMigrations(migrationsFolder);

for (const kind of databaseKinds) {
  describe.skipIf(!kind.isAvailable)(kind.title, () => {
    let where: TestDatabase;
    let database: Database;
    const firstStart = createCapturedLogger();
    beforeAll(async () => {
      where = await kind.create();
      database = await openDatabase({ ...where, logger: firstStart });
    });
    afterAll(async () => {
      await database.close();
      await where.drop();
    });

    test('the first start applies every migration', () => {
      expect(firstStart.lines.at(-1)).toMatchObject({
        message: 'migrated the database',
        fields: { applied: migrations.map(({ name }) => name) },
      });
    });

    test('stores a prediction and gives it back as it was', async () => {
      const prediction = newPrediction({
        createdAt: new Date('2026-02-03T04:05:06.789Z'),
        input: { island: 'Biscoe', sex: null, masses: [3750.5, 1e-9], note: 'ä "quoted" \\ \u{1F427}' },
        truncated: true,
      });
      await database.prisma.prediction.create({ data: prediction });
      const found = await database.prisma.prediction.findUniqueOrThrow({ where: { id: prediction.id } });
      expect(found).toEqual({ ...prediction, output: null, errorCode: null });
    });

    test('pages from newest to oldest by id', async () => {
      const ids = ['1', '2', '3'].map((digit) => `01900000-0000-7000-8000-00000000000${digit}`);
      await database.prisma.prediction.createMany({
        data: ids.map((id) => newPrediction({ id, model: 'paged' })),
      });
      const page = await database.prisma.prediction.findMany({
        where: { model: 'paged', id: { lt: ids[2] } },
        orderBy: { id: 'desc' },
        take: 2,
      });
      expect(page.map(({ id }) => id)).toEqual([ids[1], ids[0]]);
    });

    test('an id is taken once', async () => {
      const prediction = newPrediction();
      await database.prisma.prediction.create({ data: prediction });
      await expect(database.prisma.prediction.create({ data: prediction })).rejects.toMatchObject({
        code: 'P2002',
      });
    });

    test('who comes after a transaction that was neither ended nor undone in time is not in it', async () => {
      const late = await openDatabase({
        ...where,
        databaseUrl: database.url,
        connectionsMax: 1,
        queryMsMax: 500,
        logger: createCapturedLogger(),
      });
      const sleeping = late.prisma.$transaction((tx) => tx.$executeRaw`SELECT pg_sleep(2)`);
      await expect(sleeping).rejects.toThrow();
      const countSleepers = async () => {
        const { rows } = await database.pool.query(
          `SELECT 1 FROM pg_stat_activity
           WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()`,
        );
        return rows.length;
      };
      await expect.poll(countSleepers, { timeout: 30_000 }).toBe(0);
      // on the same connection, were it not closed
      const prediction = await vi.waitFor(
        () => late.prisma.prediction.create({ data: newPrediction(), select: { id: true } }),
        { timeout: 30_000 },
      );
      expect(await database.prisma.prediction.findUnique({ where: prediction })).not.toBeNull();
      await late.close();
    });

    test('a disk that is full, and a server that only reads, are not the fault of what was asked', async () => {
      const raise = "DO $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$";
      const { ping, pool, prisma } = database;
      const asked: (() => Promise<unknown>)[] = [
        () => pool.query(raise),
        () => prisma.$executeRawUnsafe(raise),
        () => pool.query('BEGIN READ ONLY; CREATE TABLE never (id int)'),
        () =>
          prisma.$transaction(async (tx) => {
            await tx.$executeRaw`SET TRANSACTION READ ONLY`;
            await tx.prediction.create({ data: newPrediction() });
          }),
      ];
      for (const work of asked)
        await expect(unlessDown(ping, work)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
      await expect(unlessDown(ping, () => pool.query('SELEC 1'))).rejects.toThrow('syntax error');
    });

    test('what is not answered in time is not the fault of what was asked either', async () => {
      const slow = { databaseUrl: database.url, queryMsMax: 500, logger: createCapturedLogger() };
      const { ping, pool, prisma, close } = await openDatabase({ ...where, ...slow });
      const refused = { code: 'DATABASE_UNAVAILABLE' };
      await expect(unlessDown(ping, () => pool.query('SELECT pg_sleep(1)'))).rejects.toMatchObject(refused);
      const sleep = () => prisma.$executeRaw`SELECT pg_sleep(1)`;
      await expect(unlessDown(ping, sleep)).rejects.toMatchObject(refused);
      await close();
    });

    test('one that takes no writes is not up', async () => {
      const one = { databaseUrl: database.url, connectionsMax: 1, logger: createCapturedLogger() };
      const { ping, pool, close } = await openDatabase({ ...where, ...one });
      await pool.query('SET default_transaction_read_only = on');
      await expect(ping()).rejects.toThrow('takes no writes');
      await pool.query('SET default_transaction_read_only = off');
      await expect(ping()).resolves.toBeUndefined();
      await close();
    });

    test('a failed transaction leaves nothing', async () => {
      const prediction = newPrediction();
      const failing = database.prisma.$transaction(async (tx) => {
        await tx.prediction.create({ data: prediction });
        throw new Error('changed my mind');
      });
      await expect(failing).rejects.toThrow('changed my mind');
      expect(await database.prisma.prediction.count({ where: { id: prediction.id } })).toBe(0);
    });

    test('keeps statements apart that many connections run at once, whatever their size', async () => {
      // packets are 64 kB: a statement with a larger value arrives in pieces, with others' statements between
      // them
      const large = 'x'.repeat(300_000);
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, i) =>
          i % 2 === 0
            ? database.pool.query('SELECT $1::int AS i, length($2) AS size', [i, large])
            : database.pool.query('SELECT 0 AS size, $1::int AS i', [i]),
        ),
      );
      expect(answers.map(({ rows }) => rows[0])).toEqual(
        answers.map((_, i) => ({ i, size: i % 2 === 0 ? large.length : 0 })),
      );
    });

    test('keeps transactions apart', async () => {
      await database.pool.query(
        'CREATE TABLE IF NOT EXISTS account (id int PRIMARY KEY, balance int NOT NULL)',
      );
      await database.pool.query('INSERT INTO account VALUES (1, 0)');
      const addOne = (isUndone: boolean) =>
        database.prisma.$transaction(async (tx) => {
          await tx.$executeRaw`UPDATE account SET balance = balance + 1 WHERE id = 1`;
          if (isUndone) throw new Error('undone');
        });
      const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => addOne(i % 4 === 0)));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(15);
      expect((await database.pool.query('SELECT balance FROM account')).rows).toEqual([{ balance: 15 }]);
    });

    test('answers a ping', () => expect(database.ping()).resolves.toBeUndefined());

    test('Prisma’s own engine agrees with what the start did, and a second start does nothing', async () => {
      await database.close();
      expect(await askSchemaEngine(where)).toEqual({
        status: {
          hasMigrationsTable: true,
          history: null,
          editedMigrationNames: [],
          failedMigrationNames: [],
        },
        deployed: { appliedMigrationNames: [] },
      });

      const secondStart = createCapturedLogger();
      database = await openDatabase({ ...where, logger: secondStart });
      expect(secondStart.lines.map(({ message }) => message)).not.toContain('migrated the database');
      expect(await database.prisma.prediction.count({ where: { model: 'paged' } })).toBe(3);
    });
  });
}

test('schema.prisma says what the migrations make', async () => {
  expect(await findDrift(schema, migrations)).toBeNull();
});

/** What `prisma migrate status` and `prisma migrate deploy` find. */
async function askSchemaEngine({ databaseUrl, dataFolder }: TestDatabase) {
  if (databaseUrl === undefined) {
    const db = await PGlite.create(join(dataFolder, 'postgres'));
    const answer = await ask(pgliteAdapters(db));
    await db.close();
    return answer;
  }
  const pool = new Pool({ connectionString: databaseUrl, max: 1 });
  const answer = await ask(new PrismaPg(pool));
  await pool.end(); // ends the lock that the engine keeps
  return answer;
}

async function ask(adapters: SqlMigrationAwareDriverAdapterFactory) {
  const engine = await createSchemaEngine(schema, adapters);
  const migrationsList = toMigrationList(migrations);
  const status = await engine.diagnoseMigrationHistory({
    migrationsList,
    optInToShadowDatabase: false,
    filters: noFilters,
  });
  return { status, deployed: await engine.applyMigrations({ migrationsList, filters: noFilters }) };
}
