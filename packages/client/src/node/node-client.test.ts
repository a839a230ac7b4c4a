import { execFileSync } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { setUpMockedServer } from '../../test/mocked-server.ts';
import { makeDataset } from '../testing/index.ts';
import { createClient } from './node-client.ts';
import { openFile } from './open-file.ts';
import { saveStream } from './save-stream.ts';

const { url, transfers } = setUpMockedServer();
const { datasets } = createClient({ url });
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oriel-client-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a file of the disk is uploaded under its name', async () => {
  transfers.answer({ upload: () => makeDataset() });
  const path = join(folder, 'birds.csv');
  await writeFile(path, 'island\nDream\n');
  await datasets.upload(path);
  await datasets.upload(pathToFileURL(path), { name: 'Birds' });
  expect(transfers.uploads.map(({ details }) => details.get('name'))).toEqual(['birds', 'Birds']);
  expect(transfers.uploads.map(({ details }) => details.get('format'))).toEqual(['csv', 'csv']);
  expect(new TextDecoder().decode(transfers.uploads[0]?.bytes)).toBe('island\nDream\n');
});

test('the images of a folder are uploaded as an archive', async () => {
  transfers.answer({ upload: () => makeDataset() });
  const images = join(folder, 'digits');
  await mkdir(join(images, 'sevens', '.cache'), { recursive: true });
  await writeFile(join(images, 'sevens', 'ü.PNG'), 'seven');
  await writeFile(join(images, 'a.jpg'), 'a');
  await writeFile(join(images, 'labels.csv'), 'no image');
  await writeFile(join(images, 'sevens', '.cache', 'b.png'), 'hidden');
  await datasets.upload(images);
  const [upload] = transfers.uploads;
  expect(Object.fromEntries(upload?.details ?? [])).toEqual({ name: 'digits', format: 'images' });
  const archive = Buffer.from(upload?.bytes ?? []).toString('utf8');
  expect(archive.match(/[\w/ü]+\.(?:jpg|PNG|png|csv)/g)).toEqual([
    'a.jpg',
    'sevens/ü.PNG',
    'a.jpg',
    'sevens/ü.PNG',
  ]);
});

test.skipIf(process.platform === 'win32')('a pipe is uploaded as what comes through it', async () => {
  transfers.answer({ upload: () => makeDataset() });
  const path = join(folder, 'birds.csv');
  makePipe(path);
  await Promise.all([datasets.upload(path), writeFile(path, 'island\nDream\n')]);
  expect(new TextDecoder().decode(transfers.uploads[0]?.bytes)).toBe('island\nDream\n');
});

test('a path that is empty is not the present folder', async () => {
  await expect(datasets.upload('')).rejects.toThrow('ENOENT');
});

test('a folder without images is not uploaded', async () => {
  await expect(datasets.upload(folder)).rejects.toThrow('There are no images');
  expect(transfers.uploads).toEqual([]);
});

test('a file that is changed while it is sent fails as what it is', async () => {
  const path = join(folder, 'birds.csv');
  await writeFile(path, 'island\nDream\n');
  const { source } = await openFile(path);
  await writeFile(path, 'something else, of another size');
  await expect(datasets.upload(source)).rejects.toMatchObject({ name: 'NotReadableError' });
});

test('a file that is not there is not uploaded', async () => {
  await expect(datasets.upload(join(folder, 'none.csv'))).rejects.toThrow();
  expect(transfers.uploads).toEqual([]);
});

test('what is not a path goes as in browsers', async () => {
  transfers.answer({ upload: () => makeDataset() });
  await datasets.upload(new Uint8Array([97]));
  expect(transfers.uploads.map(({ bytes }) => [...bytes])).toEqual([[97]]);
});

test('a download is written to a file, in place of what stood there', async () => {
  transfers.answer({ download: () => 'n\n1\n' });
  const path = join(folder, 'out.csv');
  await writeFile(path, 'old');
  await expect(datasets.downloadTo(path, { id: crypto.randomUUID() })).resolves.toBe(4);
  expect(await readFile(path, 'utf8')).toBe('n\n1\n');
  expect(await readdir(folder)).toEqual(['out.csv']);
});

test('a download whose connection breaks is fetched anew', async () => {
  transfers.answer({ download: () => 'n\n1\n' });
  transfers.breakConnections(1);
  const path = join(folder, 'out.csv');
  await datasets.downloadTo(path, { id: crypto.randomUUID() });
  expect(await readFile(path, 'utf8')).toBe('n\n1\n');
});

test('a download that breaks leaves what stood there, and nothing half', async () => {
  const path = join(folder, 'out.csv');
  await writeFile(path, 'old');
  let isFirst = true;
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (isFirst) controller.enqueue(new Uint8Array(10));
      else controller.error(new Error('the connection broke'));
      isFirst = false;
    },
  });
  await expect(saveStream(broken, path)).rejects.toThrow('the connection broke');
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['out.csv']);
});

/** Node.js makes none itself; POSIX has the command. */
function makePipe(path: string): void {
  const command = 'mkfifo';
  execFileSync(command, [path]);
}

test('a link to a file stays one: what it leads to is written', async () => {
  await mkdir(join(folder, 'elsewhere'));
  const file = join(folder, 'elsewhere', 'out.csv');
  const link = join(folder, 'link.csv');
  await writeFile(file, 'old');
  await symlink(file, link);
  await saveStream(new Blob(['new']).stream(), link);
  expect(await readFile(file, 'utf8')).toBe('new');
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect(await readdir(join(folder, 'elsewhere'))).toEqual(['out.csv']);
});

test.skipIf(process.platform === 'win32')('a pipe or a device is written to, not replaced', async () => {
  const pipe = join(folder, 'pipe');
  makePipe(pipe);
  const [text, bytes] = await Promise.all([
    readFile(pipe, 'utf8'),
    saveStream(new Blob(['n\n1\n']).stream(), pipe),
  ]);
  expect([text, bytes]).toEqual(['n\n1\n', 4]);
  expect((await lstat(pipe)).isFIFO()).toBe(true);
  expect(await readdir(folder)).toEqual(['pipe']);
});

test('a folder is not written over', async () => {
  await expect(saveStream(new Blob(['n']).stream(), folder)).rejects.toMatchObject({ code: 'EISDIR' });
  expect(await readdir(folder)).toEqual([]);
});
