import { createHash, randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlobStorage } from '../../src/storage/blob-storage.ts';
import { type Place, places } from './support/storages.ts';

describe.each(places)('much data in %s', (_name, createPlace) => {
  let place: Place;
  let storage: BlobStorage;

  beforeAll(async () => {
    place = await createPlace();
    storage = place.open();
  });
  afterAll(() => place.close());

  test('stores 50 MB with flat memory, and reads them with flat memory', async () => {
    const memory = watchMemory();
    const part = randomBytes(65_536);
    const hash = createHash('sha256');
    const source = async function* () {
      for (let i = 0; i < 800; i++) {
        hash.update(part);
        yield Buffer.from(part); // a new one each time, as of a socket
        if (i % 8 === 0) await new Promise(setImmediate);
        if (i % 200 === 100) memory.look();
      }
    };
    const { sha256, sizeBytes } = await storage.write(source());
    expect({ sha256, sizeBytes }).toEqual({ sha256: hash.digest('hex'), sizeBytes: 52_428_800 });
    let readBytes = 0;
    for await (const chunk of await storage.read(sha256)) readBytes += (chunk as Buffer).byteLength;
    expect(readBytes).toBe(52_428_800);
    await using file = await storage.openFile(sha256);
    expect(file.sizeBytes).toBe(52_428_800);
    expect(memory.stop()).toBeLessThan(30_000_000);
  }, 180_000);
});

setFlagsFromString('--expose-gc');
// what a flag adds is there in new contexts only
const collectNow = runInNewContext('gc') as () => void;

/** Most bytes that this thread could not do without, more than when it began. */
function watchMemory() {
  const used = () => {
    collectNow();
    // the buffers of the first time are given back by now
    collectNow();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  let most = before;
  const look = () => {
    most = Math.max(most, used());
  };
  // now and then: collecting everything is slow
  const timer = setInterval(look, 2000);
  return {
    look,
    stop() {
      clearInterval(timer);
      look();
      return most - before;
    },
  };
}
