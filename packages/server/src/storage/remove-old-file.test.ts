import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { placeFile } from './move-file.ts';
import { putBackLeaving, removeOldFile } from './remove-old-file.ts';

/** What another process does just before, or just after, a file is renamed or removed. */
const others = vi.hoisted(() => {
  const nothing = async (_path: unknown) => {};
  return { before: nothing, after: nothing };
});

vi.mock(import('node:fs/promises'), async (importOriginal) => {
  const original = await importOriginal();
  return {
    ...original,
    async rename(from, to) {
      await others.before(from);
      await original.rename(from, to);
      await others.after(from);
    },
    async rm(path, options) {
      await others.before(path);
      await original.rm(path, options);
      await others.after(path);
    },
  };
});

const dayMs = 86_400_000;
const sha256 = 'ab'.repeat(32);
const yesterday = new Date(Date.now() - dayMs);

describe('removing a file that is old', () => {
  let root: string;
  let incoming: string;
  let path: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'oriel-old-'));
    incoming = join(root, 'incoming');
    path = join(root, 'ab', sha256);
    await mkdir(incoming);
    await writeAt(new Date(Date.now() - 2 * dayMs));
  });
  afterEach(async () => {
    others.before = async () => {};
    others.after = async () => {};
    await rm(root, { recursive: true });
  });

  async function writeAt(time: Date): Promise<void> {
    const fresh = join(incoming, `fresh-${time.getTime()}`);
    await writeFile(fresh, 'rows');
    await utimes(fresh, time, time);
    await placeFile(fresh, path);
  }

  /** Writes the same bytes, once, when this very file is touched. */
  const writeOnce = () => {
    let isDone = false;
    return async (touched: unknown) => {
      if (isDone || touched !== path) return;
      isDone = true;
      await writeAt(new Date());
    };
  };

  const remove = () => removeOldFile({ sha256, path, incoming, writtenBefore: yesterday });

  test('takes what is old', async () => {
    expect(await remove()).toBe(true);
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(incoming)).toEqual([]);
    expect(await remove()).toBe(false);
  });

  test.each(['before', 'after'] as const)('leaves what is written just %s it is taken away', async (when) => {
    others[when] = writeOnce();
    await remove();
    expect(await readFile(path, 'utf8')).toBe('rows');
    expect((await stat(path)).mtime > yesterday).toBe(true);
    expect(await readdir(incoming)).toEqual([]);
  });

  test('what a process that was killed in between took away is put back', async () => {
    let away = '';
    others.after = async (touched) => {
      if (touched !== path) return;
      [away = ''] = await readdir(incoming);
      throw new Error('killed');
    };
    await expect(remove()).rejects.toThrow('killed');
    expect(away).toContain(sha256);
    others.after = async () => {};
    await putBackLeaving(incoming, () => path);
    expect(await readFile(path, 'utf8')).toBe('rows');
    expect(await readdir(incoming)).toEqual([]);
  });
});
