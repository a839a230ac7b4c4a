import { createWriteStream } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { islandNames } from '../../models/penguins/contract.ts';

/** A bird; what was not measured is null. */
export interface Bird {
  readonly island: string;
  readonly culmenLengthMm: number | null;
  readonly culmenDepthMm: number | null;
  readonly flipperLengthMm: number | null;
  readonly bodyMassG: number | null;
  readonly sex: string | null;
}

const rowsInChunk = 1000;
const missingShare = 0.02;
export const csvHeader = 'island,culmenLengthMm,culmenDepthMm,flipperLengthMm,bodyMassG,sex\n';

/** Birds that are the same on every machine: the same seed gives the same rows. */
export function* makeBirds(count: number, seed = 1): Generator<Bird, void> {
  const random = randomOf(seed);
  const between = (low: number, high: number, digits: number) => {
    const value = Number((low + (high - low) * random()).toFixed(digits));
    return random() < missingShare ? null : value;
  };
  for (let i = 0; i < count; i += 1)
    yield {
      island: islandNames[Math.floor(random() * islandNames.length)] ?? 'Dream',
      culmenLengthMm: between(32, 60, 1),
      culmenDepthMm: between(13, 22, 1),
      flipperLengthMm: between(170, 232, 0),
      bodyMassG: between(2700, 6300, 0),
      sex: random() < missingShare ? null : random() < 0.5 ? 'male' : 'female',
    };
}

/** @returns the path of a CSV in a new folder of its own */
export async function writePenguinsCsv(rows: number): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'oriel-bench-rows-')), 'penguins.csv');
  await pipeline(Readable.from(csvOf(rows)), createWriteStream(path));
  return path;
}

function* csvOf(rows: number): Generator<string, void> {
  yield csvHeader;
  yield* textsOf(rows, (bird) => `${Object.values(bird).join(',')}\n`);
}

/** Birds as text, some at a time. */
export function* textsOf(rows: number, toText: (bird: Bird) => string): Generator<string, void> {
  let text = '';
  let count = 0;
  for (const bird of makeBirds(rows)) {
    text += toText(bird);
    count += 1;
    if (count % rowsInChunk !== 0) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

/** Mulberry32: small, quick, and good enough to spread birds. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
