import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { modelFiles } from '../support/models/model-files.ts';

describe('the committed files of the test models are what their source says', () => {
  test.each(Object.entries(modelFiles))('%s', async (path, bytes) => {
    const committed = await readFile(new URL(`../support/models/${path}`, import.meta.url));
    expect(Uint8Array.from(committed)).toEqual(bytes);
  });
});
