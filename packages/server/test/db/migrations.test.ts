import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { applyMigrations } from '../../src/db/migrate.ts';
import { createCapturedLogger } from './support/captured-logger.ts';
import { databaseKinds, type TestDatabase } from './support/test-databases.ts';

// starting a database takes long on a busy machine
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const first = {
  name: '20260101000000_first',
  sql: 'CREATE TABLE a (id int PRIMARY KEY);\nINSERT INTO a VALUES (1);\n',
};
const second = { name: '20260102000000_second', sql: 'ALTER TABLE a ADD COLUMN note text;\n' };
const broken = {
  name: '20260103000000_broken',
  sql: 'CREATE TABLE b (id int);\nALTER TABLE missing ADD COLUMN x int;\n',
};

for (const kind of databaseKinds) {
  describe.skipIf(!kind.isAvailable)(`migrations on ${kind.title}`, () => {
    let where: TestDatabase;
    let database: Database;
    let pool: Pool;
    let folder: string;
    beforeAll(async () => {
      where = await kind.create();
      database = await openDatabase({ ...where, logger: createCapturedLogger() });
      pool = database.pool;
    });
    afterAll(async () => {
      await database.close();
      await where.drop();
    });
    beforeEach(async () => {
      await pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
      folder = await mkdtemp(join(tmpdir(), 'oriel-migrations-'));
    });
    afterEach(() => rm(folder, { recursive: true }));

    test('applies what is missing, in order, once, and records it as Prisma does', async () => {
      await write(first);
      expect(await applyMigrations(pool, folder)).toEqual([first.name]);
      await write(second);
      expect(await applyMigrations(pool, folder)).toEqual([second.name]);
      expect(await applyMigrations(pool, folder)).toEqual([]);

      expect(await rows('SELECT * FROM a')).toEqual([{ id: 1, note: null }]);
      expect(await rows('SELECT * FROM _prisma_migrations ORDER BY migration_name')).toEqual(
        [first, second].map(({ name }) => ({
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
          migration_name: name,
          started_at: expect.any(Date),
          finished_at: expect.any(Date),
          applied_steps_count: 1,
          logs: null,
          rolled_back_at: null,
        })),
      );
    });

    test('a broken migration leaves neither a table nor a record, and the ones before it stay', async () => {
      await write(first);
      await write(broken);
      await expect(applyMigrations(pool, folder)).rejects.toThrow(
        `Migration "${broken.name}" failed and was rolled back: relation "missing" does not exist`,
      );
      expect(await rows(`SELECT to_regclass('b') AS b`)).toEqual([{ b: null }]);
      expect(await rows('SELECT migration_name AS name FROM _prisma_migrations')).toEqual([
        { name: first.name },
      ]);

      await write({ ...broken, sql: 'CREATE TABLE b (id int);\n' });
      expect(await applyMigrations(pool, folder)).toEqual([broken.name]);
    });

    test.each([
      [
        'was edited since',
        () => write({ ...first, sql: 'CREATE TABLE other (id int);\n' }),
        'was changed after',
      ],
      [
        'this version does not know',
        () => rm(join(folder, first.name), { recursive: true }),
        'does not know',
      ],
      [
        'did not finish',
        () => pool.query('UPDATE _prisma_migrations SET finished_at = NULL'),
        'did not finish',
      ],
    ])('refuses a database with a migration that %s, and changes nothing', async (_, spoil, message) => {
      await write(first);
      await applyMigrations(pool, folder);
      await write(second);
      await spoil();
      await expect(applyMigrations(pool, folder)).rejects.toThrow(message);
      await expect(applyMigrations(pool, folder)).rejects.toThrow(first.name);
      expect(await rows('SELECT * FROM a')).toEqual([{ id: 1 }]);
    });

    test('refuses a folder without migrations', async () => {
      await expect(applyMigrations(pool, folder)).rejects.toThrow(`${folder} holds no migration`);
      await expect(applyMigrations(pool, join(folder, 'nowhere'))).rejects.toThrow('could not be read');
    });

    // an embedded database has one process, and that migrates once
    test.runIf(kind.kind === 'server')(
      'of several that start at once, one applies and the others find nothing to do',
      async () => {
        await write(first);
        const slow = { ...second, sql: `SELECT pg_sleep(0.2);\n${second.sql}` };
        await write(slow);
        const applied = await Promise.all(Array.from({ length: 4 }, () => applyMigrations(pool, folder)));
        expect(applied.flat().toSorted()).toEqual([first.name, second.name]);
        expect(await rows('SELECT count(*)::int AS count FROM _prisma_migrations')).toEqual([{ count: 2 }]);
      },
    );

    async function write({ name, sql }: typeof first): Promise<void> {
      await mkdir(join(folder, name), { recursive: true });
      await writeFile(join(folder, name, 'migration.sql'), sql);
    }

    async function rows(sql: string): Promise<unknown[]> {
      return (await pool.query(sql)).rows;
    }
  });
}
