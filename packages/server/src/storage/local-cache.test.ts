import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLocalCache } from './local-cache.ts';

const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex');

describe('the cache of blobs', () => {
  let root: string;
  let folder: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'oriel-cache-'));
    folder = join(root, 'cache');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  /** A process' way to the same folder. */
  const open = () => createLocalCache({ folder, sizeBytesMax: 30 });

  /** Ten bytes, last read so many minutes ago. */
  async function add(text: string, minutes: number): Promise<string> {
    const path = join(root, text);
    await writeFile(path, text.padEnd(10));
    await open().add(sha256Of(text), path);
    await rm(path);
    const readAt = new Date(Date.now() - minutes * 60_000);
    await utimes(join(folder, sha256Of(text)), readAt, readAt);
    return sha256Of(text);
  }

  test('has what was added, and nothing else', async () => {
    const sha256 = await add('a', 0);
    expect(await open().linkTo(sha256, join(root, 'mine'))).toBe(true);
    expect(await readFile(join(root, 'mine'), 'utf8')).toBe('a         ');
    expect(await open().linkTo(sha256Of('b'), join(root, 'other'))).toBe(false);
  });

  test('keeps what was read last when there is no room', async () => {
    const [a, b, c] = [await add('a', 3), await add('b', 2), await add('c', 1)];
    await open().linkTo(a, join(root, 'mine'));
    await rm(join(root, 'mine'));
    const d = await add('d', 0);
    expect(new Set(await readdir(folder))).toEqual(new Set([a, c, d]));
    expect(await open().linkTo(b, join(root, 'gone'))).toBe(false);
  });

  test('takes nothing away that another process reads', async () => {
    const [a, b] = [await add('a', 9), await add('b', 8)];
    await open().linkTo(a, join(root, 'mine'));
    const old = new Date(Date.now() - 3_600_000);
    await utimes(join(folder, a), old, old);
    const [c, d] = [await add('c', 2), await add('d', 1)];
    expect(new Set(await readdir(folder))).toEqual(new Set([a, c, d]));
    expect(await open().linkTo(b, join(root, 'gone'))).toBe(false);

    await rm(join(root, 'mine'));
    const e = await add('e', 0);
    expect(new Set(await readdir(folder))).toEqual(new Set([c, d, e]));
  });

  test('a file that is read outlives the cache', async () => {
    const a = await add('a', 0);
    await open().linkTo(a, join(root, 'mine'));
    await rm(folder, { recursive: true });
    expect(await readFile(join(root, 'mine'), 'utf8')).toBe('a         ');
  });

  test('does not take what is larger than all of it', async () => {
    const a = await add('a', 0);
    await writeFile(join(root, 'large'), 'x'.repeat(31));
    await open().add(sha256Of('large'), join(root, 'large'));
    expect(await readdir(folder)).toEqual([a]);
  });

  test('removes what a killed process left half copied', async () => {
    await mkdir(folder);
    await writeFile(join(folder, `${sha256Of('a')}.1.part`), 'half');
    await open().sweep(new Date(Date.now() - 60_000));
    expect(await readdir(folder)).toHaveLength(1);
    await open().sweep(new Date(Date.now() + 60_000));
    expect(await readdir(folder)).toEqual([]);
  });
});
