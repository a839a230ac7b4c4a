import { spawn } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createFolderPlace, createS3Place, type Place } from './support/storages.ts';

const writerPath = fileURLToPath(new URL('support/busy-writer.ts', import.meta.url));

/** @returns the names of the blobs that it had stored when it was killed */
async function writeUntilKilled({ how }: Place): Promise<string[]> {
  const child = spawn(process.execPath, [writerPath, JSON.stringify(how)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (text: Buffer) => {
    said += text.toString();
  });
  await once(child.stdout, 'data');
  await sleep(randomInt(200));
  child.kill('SIGKILL');
  await once(child, 'close');
  return said.split('\n').slice(0, -1);
}

test.each([
  ['a folder', createFolderPlace],
  ['S3', () => createS3Place()],
] as const)(
  'in %s, processes that are killed at any moment leave whole blobs, and what a sweep removes',
  async (name, createPlace) => {
    const place = await createPlace();
    const storage = place.open();
    const stored: string[] = [];
    for (let round = 0; round < 3; round++)
      stored.push(...(await Promise.all([writeUntilKilled(place), writeUntilKilled(place)])).flat());

    const listed: string[] = [];
    for await (const { sha256, sizeBytes } of storage.list()) {
      listed.push(sha256);
      // s3rver keeps what came of an upload whose sender died, which S3 throws away
      if (name === 'S3' && !stored.includes(sha256)) continue;
      const bytes: Buffer = Buffer.concat(await (await storage.read(sha256)).toArray());
      expect(bytes.byteLength).toBe(sizeBytes);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
    expect(stored.length).toBeGreaterThanOrEqual(6);
    expect(listed).toEqual(expect.arrayContaining(stored));

    // what was left: their work folders, at least
    expect((await place.files()).length).toBeGreaterThan(listed.length);
    await storage.sweep(new Date(Date.now() + 60_000));
    const left = (await place.files()).filter((path) => !listed.some((sha256) => path.includes(sha256)));
    expect(left.filter((path) => !path.includes('_S3rver_uploads'))).toEqual([]);
    await place.close();
  },
  60_000,
);
