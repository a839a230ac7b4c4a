import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockDataFolder } from './data-folder-lock.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'oriel-lock-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the lock on a data folder', () => {
  test('makes the folder, and is free again after its release', async () => {
    const folder = join(root, 'not', 'there', 'yet');
    const release = await lockDataFolder(folder);
    await expect(lockDataFolder(folder)).rejects.toThrow(`${folder} is in use by another Oriel process`);
    await release();
    await (await lockDataFolder(folder))();
  });

  test('holds for a folder with a name too long for a socket', async () => {
    const folder = join(root, 'x'.repeat(120));
    const release = await lockDataFolder(folder);
    await expect(lockDataFolder(folder)).rejects.toThrow('ORIEL_DATA_DIR');
    await release();
  });

  test('ends with the process that had it, even by kill -9; then one of many gets it', async () => {
    const holder = await startHolder(root);
    await expect(lockDataFolder(root)).rejects.toThrow('in use');
    holder.kill('SIGKILL');
    await once(holder, 'exit');

    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => lockDataFolder(root)));
    const releases = tries.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
    expect(releases).toHaveLength(1);
    await Promise.all(releases.map((release) => release()));
  });
});

/** Another process that takes the lock and keeps it. */
async function startHolder(folder: string) {
  const module = new URL('./data-folder-lock.ts', import.meta.url).href;
  const code = `const { lockDataFolder } = await import(${JSON.stringify(module)});
    await lockDataFolder(${JSON.stringify(folder)});
    console.log('locked');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}
