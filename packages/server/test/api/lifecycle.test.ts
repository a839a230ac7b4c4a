import { once } from 'node:events';
import { existsSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient, problemOf } from '@oriel/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDataFolder, createEmptyDataFolder } from '../db/support/embedded-folder.ts';
import { drawOne, gentoo } from '../support/inputs.ts';
import { spawnServer } from '../support/server-process.ts';

async function dataFolder(): Promise<string> {
  const folder = await createDataFolder();
  onTestFinished(() => folder.remove());
  return folder.path;
}

/** With nothing in it until a server begins. */
async function emptyFolder(): Promise<string> {
  const folder = await createEmptyDataFolder();
  onTestFinished(() => folder.remove());
  return folder.path;
}

describe('start', () => {
  test('a setting that is wrong stops the start with its name, what was expected and an example', async () => {
    await using server = spawnServer({ PORT: 'http', ORIEL_THREADS: '0' });
    expect(await server.exited).toBe(1);
    expect(server.output()).toContain(
      'PORT: "http" is not valid: a whole number from 0 to 65535. Example: PORT=3000',
    );
    expect(server.output()).toContain('ORIEL_THREADS');
    expect(server.output()).not.toContain('    at ');
  });

  test('a second process on the same folder is refused, and the first goes on', async () => {
    const folder = await dataFolder();
    await using first = spawnServer({ ORIEL_DATA_DIR: folder });
    const url = await first.ready;
    await using second = spawnServer({ ORIEL_DATA_DIR: folder });
    expect(await second.exited).toBe(1);
    expect(second.output()).toMatch(/in use by another Oriel process/);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });

  test.each(['1', '2'])(
    'a port that is taken is told in one message, before %s process(es) have begun with anything',
    async (count) => {
      const folder = await emptyFolder();
      await using taken = await takePort();
      await using server = spawnServer({
        ORIEL_DATA_DIR: folder,
        ORIEL_PROCESSES: count,
        PORT: `${taken.port}`,
      });
      expect(await server.exited).toBe(1);
      expect(server.output()).toMatch(new RegExp(`Port ${taken.port} is in use.*PORT=`));
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test('a port that is taken meanwhile is told just so', async () => {
    const folder = await emptyFolder();
    const { port } = await releasedPort();
    await using server = spawnServer({ ORIEL_DATA_DIR: folder, PORT: `${port}` });
    // the database is being made: that the port was free is known by now
    await expect.poll(() => readdirSync(folder).length, { timeout: 20_000 }).toBeGreaterThan(0);
    await using _taken = await takePort(port);
    expect(await server.exited).toBe(1);
    expect(server.output()).toMatch(new RegExp(`Port ${port} is in use.*PORT=`));
  });

  test.each(['1', '2'])(
    'what %s process(es) compiled is kept for the next start, where nobody else reads it; broken, it is made anew',
    async (count) => {
      const folder = await dataFolder();
      const settings = { ORIEL_DATA_DIR: folder, ORIEL_PROCESSES: count };
      const startAndStop = async () => {
        await using server = spawnServer(settings);
        await server.ready;
        server.kill('SIGTERM');
        expect(await server.exited).toBe(0);
      };
      const compiled = join(folder, 'compiled');
      const codeOf = () =>
        readdirSync(compiled, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ parentPath, name }) => join(parentPath, name));
      await startAndStop();
      expect(codeOf().length).toBeGreaterThan(100);
      if (process.platform !== 'win32') expect(statSync(compiled).mode & 0o777).toBe(0o700);
      for (const file of codeOf()) writeFileSync(file, 'half of a fi');
      await startAndStop();
    },
    60_000,
  );

  test.runIf(existsSync('/dev/full'))(
    'a log that cannot be written, as on a disk that is full, stops nothing, neither serving nor the end',
    async () => {
      const { port } = await releasedPort();
      const settings = {
        ORIEL_DATA_DIR: await dataFolder(),
        ORIEL_PROCESSES: '1',
        LOG_LEVEL: 'info',
      } as const;
      const full = { stdout: openSync('/dev/full', 'w') };
      await using server = spawnServer({ ...settings, PORT: `${port}` }, [], full);
      const isServed = () =>
        fetch(`http://127.0.0.1:${port}/api/v1/models`).then(
          ({ ok }) => ok,
          () => false,
        );
      await expect.poll(isServed, { timeout: 60_000 }).toBe(true);
      // each is a line of the log: by now some were to be written
      for (let i = 0; i < 100; i++) expect(await isServed()).toBe(true);
      server.kill('SIGTERM');
      expect(await server.exited).toBe(0);
    },
  );

  test('a name with two addresses and any port that is free will do', async () => {
    await using server = spawnServer({ ORIEL_DATA_DIR: await dataFolder(), HOST: 'localhost', PORT: '0' });
    expect((await fetch(`${await server.ready}/health/ready`)).status).toBe(200);
  });

  test('starting and predicting reach nothing but this machine', async () => {
    const folder = await dataFolder();
    const file = join(folder, 'connections.txt');
    const hook = fileURLToPath(new URL('../support/record-connections.mjs', import.meta.url));
    await using server = spawnServer({ ORIEL_DATA_DIR: folder, RECORD_CONNECTIONS_TO: file }, [
      '--import',
      hook,
    ]);
    const client = createClient({ url: await server.ready });
    await client.models.penguins.predict.mutate(gentoo);
    await client.models.spam.predict.mutate({ body: 'hello' });
    await client.models.digits.predict.mutate(drawOne());
    server.kill('SIGTERM');
    await server.exited;
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.filter((line) => line !== 'loaded')).toEqual([]);
  });
});

describe('stop', () => {
  test.each(['1', '2'])(
    'SIGTERM while it starts in %s process(es): it ends with 0, and nothing is left half done',
    async (count) => {
      const folder = await emptyFolder();
      const settings = { ORIEL_DATA_DIR: folder, ORIEL_PROCESSES: count };
      await using server = spawnServer(settings);
      // the database is being made
      const isBegun = () => readdirSync(folder).some((name) => name.startsWith('postgres'));
      await expect.poll(isBegun, { timeout: 20_000 }).toBe(true);
      server.kill('SIGTERM');
      expect(await server.exited).toBe(0);
      expect(server.output()).not.toContain('is ready');
      await using again = spawnServer(settings);
      expect((await fetch(`${await again.ready}/health/ready`)).status).toBe(200);
    },
  );

  test.runIf(process.platform === 'linux')(
    'SIGTERM to all of its processes while they start, as service managers and terminals send it: it ends with 0',
    async () => {
      const settings = { ORIEL_DATA_DIR: await dataFolder(), ORIEL_PROCESSES: '2' };
      await using server = spawnServer(settings, [], { isGroup: true });
      const children = () => readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8');
      await expect.poll(children, { timeout: 60_000, interval: 10 }).not.toBe('');
      process.kill(-server.pid, 'SIGTERM');
      expect(await server.exited).toBe(0);
      expect(server.output()).not.toContain('did not start');
    },
  );

  test('SIGTERM under load: what was accepted is answered and recorded, what is new is refused, the process ends with 0', async () => {
    const folder = await dataFolder();
    const server = spawnServer({ ORIEL_DATA_DIR: folder, ORIEL_CACHE_ENTRIES_MAX: '0' });
    const url = await server.ready;
    const client = createClient({ url });
    let [answered, lost] = [0, 0];
    const refused: unknown[] = [];
    let isRefused = false;
    const caller = async (seed: number) => {
      for (let i = 0; !isRefused; i++) {
        try {
          await client.models.penguins.predict.mutate({ ...gentoo, bodyMassG: 3000 + seed + i / 100 });
          answered++;
        } catch (error) {
          const code = problemOf(error)?.code ?? (error instanceof Error ? error.message : error);
          isRefused = true;
          if (code === 'SERVER_STOPPING' || isConnectionRefused(error)) refused.push(code);
          else lost++;
        }
        if (answered === 500) server.kill('SIGTERM');
      }
    };
    await Promise.all(Array.from({ length: 32 }, (_, seed) => caller(seed)));
    expect(await server.exited).toBe(0);
    expect(lost).toBe(0);
    expect(refused.length).toBeGreaterThan(0);

    await using again = spawnServer({ ORIEL_DATA_DIR: folder });
    expect(await countRecords(await again.ready)).toBe(answered);
  }, 60_000);

  test('kill -9: the next start finds the database whole', async () => {
    const folder = await dataFolder();
    {
      await using server = spawnServer({ ORIEL_DATA_DIR: folder });
      const client = createClient({ url: await server.ready });
      await client.models.penguins.predict.mutate(gentoo);
      server.kill('SIGKILL');
    }
    await using again = spawnServer({ ORIEL_DATA_DIR: folder });
    expect((await fetch(`${await again.ready}/health/ready`)).status).toBe(200);
    expect(existsSync(join(folder, 'postgres'))).toBe(true);
  });
});

/** Listens at a port as another program would; at one that is free when none is given. */
async function takePort(wanted = 0) {
  const server = createServer().listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : wanted;
  return { port, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function releasedPort() {
  await using taken = await takePort();
  return { port: taken.port };
}

/** The connection was never accepted, so nothing was lost with it. */
function isConnectionRefused(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (
      'code' in cause &&
      (cause.code === 'ECONNREFUSED' || cause.code === 'UND_ERR_SOCKET' || cause.code === 'ECONNRESET')
    )
      return true;
  }
  return false;
}

async function countRecords(url: string): Promise<number> {
  const client = createClient({ url });
  let count = 0;
  let cursor: string | undefined;
  do {
    const page: Awaited<ReturnType<typeof client.predictions.list.query>> =
      await client.predictions.list.query({ limit: 200, ...(cursor && { cursor }) });
    count += page.items.length;
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return count;
}
