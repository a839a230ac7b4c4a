import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readOrMakeSecret } from './secret-file.ts';

let folder: string;
let warnings: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oriel-secret-'));
  warnings = [];
});
afterEach(() => rm(folder, { recursive: true }));

const logger = { warn: (_details: object, message: string) => void warnings.push(message) };
const read = (at = folder) => readOrMakeSecret({ folder: at, logger });

describe('readOrMakeSecret', () => {
  test('makes one, and finds it again', async () => {
    const secret = await read(join(folder, 'data'));
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(await read(join(folder, 'data'))).toBe(secret);
    expect(warnings).toEqual([]);
  });

  test('lets nobody else read it', async () => {
    await read();
    expect((await stat(join(folder, 'secret'))).mode & 0o777).toBe(0o600);
  });

  test('makes one for all processes that start together, and leaves nothing else behind', async () => {
    const secrets = await Promise.all(Array.from({ length: 20 }, () => read()));
    expect(new Set(secrets).size).toBe(1);
    expect(await readdir(folder)).toEqual(['secret']);
  });

  test('takes no file for a secret that holds none', async () => {
    await writeFile(join(folder, 'secret'), '');
    expect(await read()).toMatch(/^[\w-]{43}$/);
    expect(warnings).toHaveLength(1);
  });

  test('goes on without a folder, and says what that means', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(await read(join(folder, 'file'))).toMatch(/^[\w-]{43}$/);
    expect(warnings).toEqual([expect.stringContaining('ORIEL_SECRET')]);
  });
});
