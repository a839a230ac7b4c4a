import { setImmediate } from 'node:timers/promises';
import type { ColumnProfile, DatasetProfile } from '@oriel/schemas';
import { expect, test } from 'vitest';
import type { ReadyVersion } from './dataset-access.ts';
import { createProfiles } from './profiles.ts';
import type { ProfileOptions } from './table/table.ts';

test('of a file that was sent, all is known already', async () => {
  const { profiles, looks } = setUp({ known: ['island', 'species'] });
  expect(namesOf(await profiles.get(ready))).toEqual(['island', 'species']);
  expect(looks).toEqual([]);
});

test('of a table that was made here, the rest is found out once, and kept', async () => {
  const { profiles, looks } = setUp({ known: ['island'] });
  const [one, other] = await Promise.all([profiles.get(ready), profiles.get(ready)]);
  expect(namesOf(one)).toEqual(['island', 'species']);
  expect(other).toEqual(one);
  expect(await profiles.get(ready)).toEqual(one);
  expect(looks).toEqual([['island']]);
});

test('what could not be found out is tried again by the next who asks', async () => {
  const { profiles, looks } = setUp({ known: [], failures: [new Error('no memory')] });
  await expect(profiles.get(ready)).rejects.toThrow('no memory');
  expect(namesOf(await profiles.get(ready))).toEqual(['island', 'species']);
  expect(looks).toEqual([[], []]);
});

test('who waits for a look that ends with the server is told that the server stops', async () => {
  const stopping = new AbortController();
  const { profiles } = setUp({ known: [], isSlow: true });
  const looks = [profiles.get(ready, stopping.signal), profiles.get(ready)];
  await setImmediate(); // both wait
  stopping.abort();
  for (const look of looks) await expect(look).rejects.toMatchObject({ code: 'SERVER_STOPPING' });
});

const columns = ['island', 'species'];
// what is looked at of a version: the rest says nothing of its values
const ready = {
  dataset: { id: 'birds' },
  version: { version: 1 },
  parquetSha256: 'rows',
  columns,
} as unknown as ReadyVersion;

function profileOf(name: string): ColumnProfile {
  const none = { nulls: 0, distinct: 1, min: null, max: null, mean: null, quantiles: null, notFinite: 0 };
  return { name, type: 'text', topValues: [], histogram: null, ...none };
}

function namesOf({ columns }: DatasetProfile): string[] {
  return columns.map(({ name }) => name);
}

interface World {
  readonly known: readonly string[];
  readonly failures?: readonly Error[];
  /** A look ends only when it is stopped. */
  readonly isSlow?: boolean;
}

function setUp({ known, failures = [], isSlow = false }: World) {
  let stored: DatasetProfile = { version: 1, rows: 3, columns: known.map(profileOf), preview: [] };
  const looks: string[][] = [];
  const profile = async (_sha256: string, { known, signal }: ProfileOptions) => {
    looks.push(known.map(({ name }) => name));
    const failure = failures[looks.length - 1];
    if (failure) throw failure;
    signal?.throwIfAborted();
    if (isSlow)
      await new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    return columns.map(profileOf);
  };
  const profiles = createProfiles({
    tables: { profile },
    versions: {
      findProfile: async () => stored,
      setProfile: async (_id, profile) => {
        stored = profile;
      },
    },
  });
  return { profiles, looks };
}
