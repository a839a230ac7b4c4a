import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkExternalFiles } from './external-files.ts';

/** One field of a protobuf message that has a length; long enough for these tests. */
const field = (number: number, value: Uint8Array | string) => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]);
};
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
const tensor = (location: string) => field(13, Buffer.concat([field(1, 'location'), field(2, location)]));

/** A model with such an initializer, behind weights of its own that are larger than what is read at once. */
const withInitializer = (location: string) =>
  field(7, Buffer.concat([field(5, field(9, new Uint8Array(200_000))), field(5, tensor(location))]));
/** The same in the branch of an `If`, inside of a constant. */
const withConstantInBranch = (location: string) => {
  const branch = field(1, field(5, field(5, tensor(location))));
  return field(7, field(1, field(5, field(6, branch))));
};

let root: string;
let modelPath: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'oriel-external-'));
  modelPath = join(root, '1', 'model.onnx');
  await mkdir(join(root, '1', 'parts'), { recursive: true });
  await writeFile(join(root, 'secret.bin'), 'secret');
  await writeFile(join(root, '1', 'parts', 'weights.bin'), new Uint8Array(1000));
});
afterEach(() => rm(root, { recursive: true }));

describe('checkExternalFiles', () => {
  test.each([
    ['an initializer', withInitializer],
    ['a constant in a branch', withConstantInBranch],
  ])('weights of %s in a file of the same folder are fine, and counted', async (_, model) => {
    await writeFile(modelPath, model('parts/weights.bin'));
    expect(await checkExternalFiles(modelPath)).toBe(1000);
  });

  test('a model without such files needs none', async () => {
    await writeFile(modelPath, field(7, field(5, field(9, new Uint8Array(10)))));
    expect(await checkExternalFiles(modelPath)).toBe(0);
  });

  test.each([
    ['a way up', () => '../secret.bin'],
    ['a way up and down again', () => 'parts/../../1/parts/weights.bin'],
    ['a whole path', () => join(root, 'secret.bin')],
    ['nothing', () => ''],
  ])('%s is refused', async (_, location) => {
    for (const model of [withInitializer, withConstantInBranch]) {
      await writeFile(modelPath, model(location()));
      await expect(checkExternalFiles(modelPath)).rejects.toThrow(/outside of its folder/);
    }
  });

  test.each(['file', 'folder'])('a link to a %s elsewhere is refused', async (kind) => {
    await symlink(kind === 'file' ? join(root, 'secret.bin') : root, join(root, '1', 'link'));
    await writeFile(modelPath, withInitializer(kind === 'file' ? 'link' : 'link/secret.bin'));
    await expect(checkExternalFiles(modelPath)).rejects.toThrow(/a link that leads out/);
  });

  test('a file that is not there is named', async () => {
    await writeFile(modelPath, withInitializer('gone.bin'));
    await expect(checkExternalFiles(modelPath)).rejects.toThrow(/"gone.bin", and there is no such file/);
  });

  test.each([
    ['a field longer than the file', Buffer.from([0x3a, 0x7f, 0x01])],
    ['a number without an end', Buffer.from(Array(20).fill(0xff))],
    ['a text', Buffer.from('this is no model at all')],
  ])('%s is no model, and does not take for ever', async (_, bytes) => {
    await writeFile(modelPath, bytes);
    await expect(checkExternalFiles(modelPath)).rejects.toThrow(/model.onnx/);
  });
});
