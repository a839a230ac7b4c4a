import { Readable } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { failureOf } from '../../test/failure-of.ts';
import { setUpMockedServer } from '../../test/mocked-server.ts';
import { createClient } from '../create-client.ts';
import { hasErrorCode, isAbort } from '../errors.ts';
import { makeDataset } from '../testing/index.ts';
import { DatasetImportError } from './dataset-import-error.ts';
import type { UploadProgress } from './upload.ts';

const { url, api, transfers } = setUpMockedServer();
const { datasets } = createClient({ url });

const csv = 'island\nDream\n';
const bytes = new TextEncoder().encode(csv);
const textOf = (upload: { bytes: Uint8Array } | undefined) => new TextDecoder().decode(upload?.bytes);

async function* inPieces() {
  for (const byte of bytes) yield new Uint8Array([byte]);
}

describe('what is uploaded', () => {
  test.each([
    ['a File', () => new File([csv], 'birds.csv')],
    ['a Blob', () => new Blob([csv])],
    ['bytes', () => bytes],
    ['a stream', () => new Blob([csv]).stream()],
    ['an async iterable', inPieces],
    ['a function that opens one', () => inPieces],
  ])('%s arrives as it is', async (_name, open) => {
    const dataset = makeDataset();
    transfers.answer({ upload: () => dataset });
    await expect(datasets.upload(open())).resolves.toEqual(dataset);
    expect(transfers.uploads.map(textOf)).toEqual([csv]);
  });

  test('brings its name along, unless another is given, and what else is said of it', async () => {
    transfers.answer({ upload: () => makeDataset() });
    await datasets.upload(new File([csv], 'birds.csv'));
    const datasetId = crypto.randomUUID();
    const details = {
      name: 'Birds',
      description: 'of 2008',
      tags: ['a', 'b'],
      format: 'csv',
      datasetId,
    } as const;
    await datasets.upload(new File([csv], 'birds.csv'), details);
    expect(transfers.uploads.map((upload) => upload.details.get('name'))).toEqual(['birds', 'Birds']);
    expect(transfers.uploads[0]?.details.get('format')).toBe('csv');
    expect(Object.fromEntries(transfers.uploads[1]?.details ?? [])).toMatchObject({
      description: 'of 2008',
      tags: 'a,b',
      format: 'csv',
      datasetId,
    });
  });
});

describe('on a page of plain HTTP', () => {
  afterEach(() => vi.unstubAllGlobals());

  test.each([
    ['alone', ''],
    ['in a form', 'long '.repeat(300)],
  ])('a file is uploaded too, %s', async (_name, description) => {
    const dataset = makeDataset();
    transfers.answer({ upload: () => dataset });
    // browsers have no more of it there
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
    await expect(datasets.upload(new File([csv], 'birds.csv'), { description })).resolves.toEqual(dataset);
    expect(transfers.uploads[0]?.idempotencyKey).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('what is too long for a URL', () => {
  const details = {
    name: 'นก "ปี 2008"',
    description: `${'ก'.repeat(1000)}\n${'ข'.repeat(999)}`,
    tags: ['นก', 'b'],
    format: 'csv',
    datasetId: crypto.randomUUID(),
  } as const;

  test.each([
    ['a File', () => new File([csv], 'birds.csv')],
    ['a stream', () => new Blob([csv]).stream()],
    ['a function that opens one', () => inPieces],
  ])('is said beside %s, which arrives as it is', async (_name, open) => {
    transfers.answer({ upload: () => makeDataset() });
    const progress: UploadProgress[] = [];
    await datasets.upload(open(), { ...details, onProgress: (step) => progress.push(step) });
    expect(transfers.uploads.map(textOf)).toEqual([csv]);
    expect(Object.fromEntries(transfers.uploads[0]?.details ?? [])).toEqual({ ...details, tags: 'นก,b' });
    // of the file alone, not of what is said of it
    const sent = progress.filter(({ phase }) => phase === 'sending').map(({ sentBytes }) => sentBytes);
    expect(Math.max(...sent)).toBe(csv.length);
  });

  test('is sent again too when the connection breaks', async () => {
    transfers.answer({ upload: () => makeDataset() });
    transfers.breakConnections(1);
    await datasets.upload(bytes, details);
    expect(transfers.uploads.map(({ details }) => details.get('description'))).toEqual([details.description]);
  });
});

describe('what it is uploaded from', () => {
  async function* thatFails() {
    yield bytes;
    throw new Error('the disk is gone');
  }
  function streamThatFails() {
    let isRead = false;
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        if (isRead) controller.error(new Error('the disk is gone'));
        else controller.enqueue(bytes);
        isRead = true;
      },
    });
  }

  test.each([
    ['an async iterable', thatFails],
    ['a stream', streamThatFails],
    ['a function that opens a stream', () => streamThatFails],
    [
      'a function that cannot open one',
      () => () => {
        throw new Error('the disk is gone');
      },
    ],
  ])('%s that fails says why, and is not tried again', async (_name, source) => {
    transfers.answer({ upload: () => makeDataset() });
    await expect(datasets.upload(source())).rejects.toThrow('the disk is gone');
    expect(transfers.uploads).toEqual([]);
  });

  test('that fails says why in a form too', async () => {
    const description = 'ก'.repeat(2000);
    await expect(datasets.upload(thatFails(), { description })).rejects.toThrow('the disk is gone');
  });

  test('may be texts, which streams of Node.js with an encoding give', async () => {
    transfers.answer({ upload: () => makeDataset() });
    await datasets.upload(Readable.from(['isl', 'and\nDream\n']));
    expect(transfers.uploads.map(textOf)).toEqual([csv]);
  });

  test.each([['birds.csv'], [undefined], [null], [{ island: 'Dream' }], [[{ island: 'Dream' }]]])(
    '%j is refused, with what can be uploaded',
    async (source) => {
      // what only programs without types can do
      await expect(datasets.upload(source as unknown as Blob)).rejects.toThrow('@oriel/client/node');
    },
  );

  test('rows are no bytes', async () => {
    const rows = Readable.from([{ island: 'Dream' }]);
    await expect(datasets.upload(rows)).rejects.toThrow('must be one of bytes');
  });
});

describe('progress', () => {
  test('that fails ends the upload with its own error', async () => {
    transfers.answer({ upload: () => makeDataset() });
    let calls = 0;
    const onProgress = () => {
      calls++;
      throw new Error('the bar is gone');
    };
    await expect(datasets.upload(bytes, { onProgress })).rejects.toThrow('the bar is gone');
    expect(calls).toBe(1);
  });

  test('counts the bytes that are sent, then says that they are read', async () => {
    transfers.answer({ upload: () => makeDataset({ latest: { sizeBytes: bytes.length } }) });
    const steps: UploadProgress[] = [];
    await datasets.upload(new Blob([csv]), { onProgress: (step) => steps.push(step) });
    const totalBytes = bytes.length;
    expect(steps[0]).toMatchObject({ phase: 'sending', totalBytes });
    expect(steps.at(-2)).toEqual({ phase: 'sending', sentBytes: totalBytes, totalBytes });
    expect(steps.at(-1)).toEqual({ phase: 'importing', sentBytes: totalBytes, totalBytes });
  });

  test('knows no total of a stream', async () => {
    transfers.answer({ upload: () => makeDataset() });
    const totals = new Set<number | null>();
    await datasets.upload(inPieces(), {
      onProgress: ({ phase, totalBytes }) => phase === 'sending' && totals.add(totalBytes),
    });
    expect([...totals]).toEqual([null]);
  });
});

describe('the import', () => {
  test('is waited for', async () => {
    const ready = makeDataset();
    const importing = makeDataset({ ...ready, latest: { ...ready.latest, state: 'importing', rows: null } });
    transfers.answer({ upload: () => importing });
    let looks = 0;
    api.answer('datasets.get', () => (++looks < 3 ? importing : ready));
    await expect(datasets.upload(bytes)).resolves.toEqual(ready);
    expect(looks).toBe(3);
  });

  test('of this version is meant, whatever was uploaded since', async () => {
    const ready = makeDataset();
    const uploaded = makeDataset({ ...ready, latest: { ...ready.latest, state: 'importing' } });
    const since = { ...ready.latest, version: 2, state: 'importing' as const };
    transfers.answer({ upload: () => uploaded });
    api.answer('datasets.get', { ...ready, latest: since });
    api.answer('datasets.versions', { items: [since, ready.latest] });
    await expect(datasets.upload(bytes)).resolves.toEqual(ready);
  });

  test('that fails says why and where', async () => {
    const issues = [{ path: ['rows', 3], rule: 'ragged', message: 'has 4 values, expected 3' }];
    const error = { code: 'DATASET_UNREADABLE' as const, message: 'Row 3 has too many values.', issues };
    transfers.answer({ upload: () => makeDataset({ latest: { state: 'failed', error } }) });
    const failure = await failureOf(datasets.upload(bytes));
    expect(failure).toBeInstanceOf(DatasetImportError);
    expect(failure).toMatchObject({ message: error.message, code: error.code, issues });
    expect(hasErrorCode(failure, 'DATASET_UNREADABLE')).toBe(true);
  });
});

describe('a connection that breaks', () => {
  test('is tried again, as the same upload', async () => {
    transfers.answer({ upload: () => makeDataset() });
    transfers.breakConnections(1);
    await datasets.upload(bytes);
    await datasets.upload(bytes);
    const keys = transfers.uploads.map(({ idempotencyKey }) => idempotencyKey);
    expect(keys).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect(new Set(keys).size).toBe(2);
  });

  test('an upload that still arrives is waited for', async () => {
    const keys: (string | null)[] = [];
    transfers.refuse({ code: 'IDEMPOTENCY_KEY_IN_FLIGHT' });
    const call = datasets.upload(bytes, { idempotencyKey: 'mine' });
    setTimeout(() => {
      transfers.reset();
      transfers.answer({
        upload: ({ idempotencyKey }) => {
          keys.push(idempotencyKey);
          return makeDataset();
        },
      });
    }, 300);
    await call;
    expect(keys).toEqual(['mine']);
  });

  test('ends the upload of a stream, which is gone', async () => {
    transfers.answer({ upload: () => makeDataset() });
    transfers.breakConnections(1);
    expect(await failureOf(datasets.upload(inPieces()))).toBeInstanceOf(TypeError);
    expect(transfers.uploads).toEqual([]);
  });

  test('starts a stream anew that can be opened again', async () => {
    transfers.answer({ upload: () => makeDataset() });
    transfers.breakConnections(1);
    let opened = 0;
    await datasets.upload(() => {
      opened++;
      return inPieces();
    });
    expect([opened, textOf(transfers.uploads[0])]).toEqual([2, csv]);
  });

  test('is not tried again when the server refuses what was sent', async () => {
    transfers.refuse({ code: 'BODY_TOO_LARGE' });
    const failure = await failureOf(datasets.upload(bytes));
    expect(hasErrorCode(failure, 'BODY_TOO_LARGE')).toBe(true);
  });
});

test('an upload can be given up while it waits', async () => {
  const importing = makeDataset({ latest: { state: 'importing' } });
  transfers.answer({ upload: () => importing });
  api.answer('datasets.get', importing);
  const signal = AbortSignal.timeout(50);
  expect(isAbort(await failureOf(datasets.upload(bytes, { signal })))).toBe(true);
});
