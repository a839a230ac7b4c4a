// Writes blobs of all sizes, one after another, until it is killed; says so when the first is stored.
import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { openStorageOf, type StorageOptions } from './storages.ts';

async function* randomChunks(count: number) {
  for (let i = 0; i < count; i++) {
    yield randomBytes(50_000);
    await setImmediate();
  }
}

// what the test passes
const how = JSON.parse(process.argv[2] ?? '') as StorageOptions;
const storage = openStorageOf(how);
await using folder = await storage.openWorkFolder();
const path = join(folder.path, 'result');
for (let i = 0; ; i++) {
  const { sha256 } = await storage.write(randomChunks(1 + (i % 40)));
  process.stdout.write(`${sha256}\n`);
  const result = randomBytes(30_000);
  await writeFile(path, result);
  await storage.takeFile(path);
  process.stdout.write(`${createHash('sha256').update(result).digest('hex')}\n`);
}
