import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { createCapturedLogger } from './support/captured-logger.ts';
import { createDataFolder, createEmptyDataFolder, type DataFolder } from './support/embedded-folder.ts';

// starting a database takes long on a busy machine
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const insertingProcess = fileURLToPath(new URL('./support/inserting-process.ts', import.meta.url));

describe('the embedded database', () => {
  let folder: DataFolder;
  let database: Database;
  beforeAll(async () => {
    folder = await createDataFolder();
    database = await openDatabase({ dataFolder: folder.path, logger: createCapturedLogger() });
  });
  afterAll(async () => {
    await database.close();
    await folder.remove();
  });

  test('leaves the event loop free during a long query', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await database.pool.query('SELECT count(*) FROM generate_series(1, 2000000)');
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(20);
  });

  test('takes a quarter of the memory for its cache that PostgreSQL would', async () => {
    const { rows } = await database.pool.query('SHOW shared_buffers');
    expect(rows).toEqual([{ shared_buffers: '32MB' }]);
  });

  test('refuses a second process on its folder', async () => {
    const child = spawn(process.execPath, [insertingProcess, folder.path], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(said).toContain(`${folder.path} is in use by another Oriel process`);
    expect(code).toBe(1);
    await expect(database.ping()).resolves.toBeUndefined();
  });

  test('rolls back for a client that vanishes inside a transaction; the others go on', async () => {
    await database.pool.query('CREATE TABLE t (id int)');
    const vanishing = await database.pool.connect();
    await vanishing.query('BEGIN');
    await vanishing.query('INSERT INTO t VALUES (1)');
    const waiting = database.pool.query('SELECT * FROM t');
    vanishing.release(true); // closes the connection without a word to the database
    expect((await waiting).rows).toEqual([]);
  });

  test('goes on after a statement that fails, in or out of a transaction', async () => {
    await expect(database.pool.query('SELECT 1/$1::int', [0])).rejects.toThrow('division by zero');
    await expect(database.pool.query('SELEC 1')).rejects.toThrow('syntax error');
    const client = await database.pool.connect();
    await client.query('BEGIN');
    await expect(client.query('SELECT * FROM nowhere')).rejects.toThrow('does not exist');
    await client.query('ROLLBACK');
    client.release();
    await expect(database.ping()).resolves.toBeUndefined();
  });

  test('serves only who knows the name of its database', async () => {
    const url = new URL(database.pool.options.connectionString ?? '');
    url.pathname = '/postgres';
    await expect(new Client({ connectionString: url.href }).connect()).rejects.toThrow('no such database');
  });

  test('takes the connections of many processes', async () => {
    const connectionString = database.pool.options.connectionString;
    const clients = Array.from({ length: 60 }, () => new Client({ connectionString }));
    await Promise.all(clients.map((client) => client.connect()));
    await Promise.all(clients.map((client) => client.end()));
    await expect(database.ping()).resolves.toBeUndefined();
  });
});

test('kill -9 loses no acknowledged row and frees the folder', async () => {
  const folder = await createDataFolder();
  const child = spawn(process.execPath, [insertingProcess, folder.path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said.length > 300 * 37) child.kill('SIGKILL'); // 300 ids
  });
  await once(child, 'close');
  const acknowledged = said.split('\n').slice(0, -1);

  const database = await openDatabase({ dataFolder: folder.path, logger: createCapturedLogger() });
  const stored = await database.prisma.prediction.findMany({
    where: { model: 'inserted' },
    select: { id: true },
  });
  const ids = new Set(stored.map(({ id }) => id));
  expect(acknowledged.length).toBeGreaterThan(300);
  expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
  await database.close();
  await folder.remove();
});

test('makes its files on the first start, also after one that was killed before they were complete', async () => {
  const folder = await createEmptyDataFolder();
  const postgres = join(folder.path, 'postgres');
  await mkdir(`${postgres}.new`);
  await writeFile(join(`${postgres}.new`, 'PG_VERSION'), '18\n'); // what a killed first start leaves

  const embedded = await startEmbeddedPostgres({ folder: postgres, onExit: () => {} });
  const client = new Client({ connectionString: embedded.url });
  await client.connect();
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await client.end();
  await embedded.close();
  expect(await readdir(folder.path)).toEqual(['postgres']);
  await folder.remove();
});

test('says why it could not open its files', async () => {
  const folder = await createDataFolder();
  await writeFile(join(folder.path, 'postgres', 'PG_VERSION'), '12\n'); // made by another major version
  const opening = openDatabase({ dataFolder: folder.path, logger: createCapturedLogger() });
  await expect(opening).rejects.toThrow(
    `The embedded database in ${join(folder.path, 'postgres')} could not be opened`,
  );
  await folder.remove();
});

test('tells when it stops by itself, and fails what is asked of it then', async () => {
  const folder = await createDataFolder();
  const onExit = vi.fn();
  const embedded = await startEmbeddedPostgres({ folder: join(folder.path, 'postgres'), onExit });
  const client = new Client({ connectionString: embedded.url });
  client.on('error', () => {});
  await client.connect();
  await client.query('CREATE TABLE t (id int)');
  await client.query('COPY t FROM STDIN').catch(() => {}); // PGlite cannot, and ends
  client.connection.stream.write(Buffer.from('d\0\0\0\x06x\nc\0\0\0\x04', 'latin1'));

  await expect.poll(() => onExit).toHaveBeenCalledOnce();
  expect(onExit.mock.calls[0]?.[0]).toMatchObject({ message: 'the embedded database stopped unexpectedly' });
  await expect(new Client({ connectionString: embedded.url }).connect()).rejects.toThrow();
  await embedded.close();
  expect(existsSync(new URL(embedded.url).searchParams.get('host') ?? tmpdir())).toBe(false);
  await folder.remove();
});
