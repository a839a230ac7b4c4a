import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient, DatasetImportError, hasErrorCode, type Job, JobError } from '@oriel/client';
import { createClient as createNodeClient } from '@oriel/client/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { mapping, openProgram, penguinsCsv } from './penguins-file.ts';

let app: TestApp;
let program: Awaited<ReturnType<typeof openProgram>>;
beforeAll(async () => {
  app = await startTestApp({ ORIEL_JOB_CHUNK_ROWS: '500' });
  program = await openProgram(app);
});
afterAll(async () => {
  await program[Symbol.asyncDispose]();
  await app.close();
});

const onePixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => {
      throw new Error('the call should have failed');
    },
    (error: unknown) => error,
  );

describe('upload', () => {
  const csv = penguinsCsv(5);

  test.each([
    ['a file of the disk', (path: string) => path],
    ['a File', () => new File([csv], 'birds.csv')],
    ['bytes', () => new TextEncoder().encode(csv)],
    ['a stream', () => new Blob([csv]).stream()],
  ])('%s becomes a dataset that can be read', async (_name, toSource) => {
    const { client, writeCsv } = program;
    const path = await writeCsv('birds.csv', csv);
    const steps: number[] = [];
    const dataset = await client.datasets.upload(toSource(path), {
      tags: ['birds', 'of 2008'],
      description: 'Five birds',
      onProgress: ({ sentBytes }) => steps.push(sentBytes),
    });
    expect(dataset).toMatchObject({
      description: 'Five birds',
      tags: ['birds', 'of 2008'],
      latest: { state: 'ready', rows: 5, format: 'csv', sizeBytes: csv.length },
    });
    expect(steps.at(-1)).toBe(csv.length);
  });

  // as long as the API allows, and nine characters of a URL for each
  const description = `${'ก'.repeat(1000)}\n${'ข'.repeat(999)}`;

  test.each([
    ['a file of the disk', (path: string) => path],
    ['a File', () => new File([csv], '"เพนกวิน".csv')],
    ['bytes', () => new TextEncoder().encode(csv)],
    ['a stream', () => new Blob([csv]).stream()],
  ])('%s is uploaded with all that may be said of it, in any script', async (name, toSource) => {
    const { client, writeCsv } = program;
    const path = await writeCsv('เพนกวิน.csv', csv);
    const tags = Array.from({ length: 20 }, (_, i) => `${String(i).padStart(2, '0')}${'ก'.repeat(48)}`);
    const sent: number[] = [];
    const upload = () =>
      client.datasets.upload(toSource(path), {
        description,
        tags,
        idempotencyKey: `said-of-${name.replaceAll(' ', '-')}`,
        onProgress: ({ sentBytes }) => sent.push(sentBytes),
      });
    const dataset = await upload();
    expect(dataset).toMatchObject({
      description,
      tags,
      latest: { state: 'ready', rows: 5, format: 'csv', sizeBytes: csv.length },
    });
    expect(Math.max(...sent)).toBe(csv.length);
    // sent again, it is the same
    expect((await upload()).id).toBe(dataset.id);
  });

  test('is the same dataset for the same key', async () => {
    const { client } = program;
    const upload = () =>
      client.datasets.upload(new Blob([csv]), { name: 'twice', idempotencyKey: 'h6-twice' });
    const [first, second] = [await upload(), await upload()];
    expect(second.id).toBe(first.id);
  });

  test('goes on by itself when its connection breaks half way, and makes one dataset', async () => {
    const { apiKey } = program;
    let requests = 0;
    const client = createNodeClient({
      url: app.url,
      auth: { apiKey },
      fetch: (input, init) => {
        const isFirst = isUpload(input) && ++requests === 1;
        return fetch(input, isFirst ? { ...init, body: breakHalfWay() } : init);
      },
    });
    const large = penguinsCsv(20_000);
    const dataset = await client.datasets.upload(new Blob([large]), { name: 'broken off' });
    expect(dataset).toMatchObject({ latest: { version: 1, rows: 20_000, sizeBytes: large.length } });
    expect(requests).toBeGreaterThan(1);
    const found: string[] = [];
    for await (const { id } of client.datasets.eachDataset({ text: 'broken off' })) found.push(id);
    expect(found).toEqual([dataset.id]);
  });

  test('of a new version says what has changed', async () => {
    const { client } = program;
    const { id: datasetId } = await client.datasets.upload(new Blob(['a,b\n1,2\n']), { name: 'versions' });
    const { id, latest } = await client.datasets.upload(new Blob(['a,c\n1,2\n']), { datasetId });
    expect([id, latest.version]).toEqual([datasetId, 2]);
    expect(latest.changes).toMatchObject({ added: [{ name: 'c' }], removed: [{ name: 'b' }] });
  });

  test('of a folder takes its images, which a model can be given', async () => {
    const { client, folder } = program;
    const images = join(folder, 'digits');
    await mkdir(join(images, 'more'), { recursive: true });
    const png = Buffer.from(onePixel, 'base64');
    await writeFile(join(images, 'one.png'), png);
    await writeFile(join(images, 'more', 'zwölf.png'), png);
    const dataset = await client.datasets.upload(images);
    expect(dataset).toMatchObject({ name: 'digits', latest: { state: 'ready', rows: 2, format: 'images' } });
    expect(dataset.latest.columns.map(({ type }) => type)).toContain('image');
    const rows: string[] = [];
    for await (const row of client.datasets.eachRow({ id: dataset.id })) rows.push(JSON.stringify(row));
    expect(rows.join()).toContain('zwölf.png');
    expect(rows.join()).toContain(onePixel);
  });

  test('of a file that cannot be read says where it is broken', async () => {
    const broken = 'a,b\n1,2\n1,2,3\n';
    const failure = await failureOf(program.client.datasets.upload(new Blob([broken]), { format: 'csv' }));
    expect(failure).toBeInstanceOf(DatasetImportError);
    expect(hasErrorCode(failure, 'DATASET_UNREADABLE')).toBe(true);
    expect(String(failure)).toMatch(/3/);
  });

  test('without an account is refused', async () => {
    const failure = await failureOf(createClient({ url: app.url }).datasets.upload(new Blob([csv])));
    expect(hasErrorCode(failure, 'UNAUTHENTICATED')).toBe(true);
  });
});

describe('rows and files', () => {
  test('rows come one by one, from as many pages as there are', async () => {
    const { client } = program;
    const { id } = await client.datasets.upload(new Blob([penguinsCsv(250)]), { name: 'rows' });
    const filter = { column: 'island', op: 'in', values: ['Dream', ...Array(900).fill('nowhere')] } as const;
    const birds: unknown[] = [];
    const selection = { id, filter: { ...filter, values: [...filter.values] }, columns: ['bird', 'island'] };
    for await (const row of client.datasets.eachRow(selection, { pageSize: 20 })) {
      expect(row['island']).toBe('Dream');
      birds.push(row['bird']);
    }
    expect(birds).toEqual(Array.from({ length: 83 }, (_, i) => 3 * i + 1));
  });

  test('a dataset is downloaded as it came', async () => {
    const { client, folder } = program;
    const csv = penguinsCsv(100).replaceAll(/,$/gm, ',');
    const { id } = await client.datasets.upload(new Blob([csv]), { name: 'Größe/„birds"' });
    const path = join(folder, 'out.csv');
    const bytes = await client.datasets.downloadTo(path, { id, columns: ['bird', 'weight'] });
    const text = await readFile(path, 'utf8');
    expect(text.length).toBe(bytes);
    expect(text.trimEnd().split(/\r?\n/)).toHaveLength(101);
    const { fileName, stream } = await client.datasets.download({ id, format: 'parquet' });
    expect(fileName).toMatch(/^Größe-.*\.parquet$/);
    const parquet = new Uint8Array(await new Response(stream).arrayBuffer());
    expect(new TextDecoder().decode(parquet.subarray(0, 4))).toBe('PAR1');
  });

  test('a dataset is downloaded by a filter that is too long for a URL', async () => {
    const { client, folder } = program;
    const { id } = await client.datasets.upload(new Blob([penguinsCsv(1200)]), { name: 'filtered' });
    const filter = { column: 'bird', op: 'in' as const, values: Array.from({ length: 1000 }, (_, i) => i) };
    const path = join(folder, 'filtered.csv');
    await client.datasets.downloadTo(path, { id, filter, columns: ['bird'] });
    const [header, ...birds] = (await readFile(path, 'utf8')).trimEnd().split(/\r?\n/);
    expect([header, birds.map(Number)]).toEqual(['bird', filter.values]);
  });

  test('datasets come one by one', async () => {
    const { client } = program;
    for (const name of ['one', 'two', 'three'])
      await client.datasets.upload(new Blob([penguinsCsv(1)]), { name, tags: ['counted'] });
    const names: string[] = [];
    for await (const { name } of client.datasets.eachDataset({ tag: 'counted', limit: 2 })) names.push(name);
    expect(names).toEqual(['three', 'two', 'one']);
  });
});

describe('jobs', () => {
  async function createJob(rows: number): Promise<Job> {
    const { client } = program;
    const { id: datasetId } = await client.datasets.upload(new Blob([penguinsCsv(rows)]), { name: 'birds' });
    return client.jobs.predictDataset.mutate({ datasetId, model: 'penguins', mapping });
  }

  test('are watched to their end, each state once', async () => {
    const { client } = program;
    const { id } = await createJob(3000);
    const revisions: number[] = [];
    let last: Job | undefined;
    for await (const job of client.jobs.watch(id)) {
      revisions.push(job.revision);
      last = job;
    }
    expect(revisions).toEqual([...new Set(revisions)].toSorted((a, b) => a - b));
    expect(last).toMatchObject({ state: 'succeeded', progress: { rowsDone: 3000, rowsFailed: 0 } });
  });

  test('are watched by asking again and again where streams are cut', async () => {
    const { apiKey } = program;
    const streams: string[] = [];
    const client = createClient({
      url: app.url,
      auth: { apiKey },
      fetch: async (input, init) => {
        if (!isEvents(input)) return fetch(input, init);
        streams.push('refused');
        return new Response('<h1>Bad gateway</h1>', { status: 502 });
      },
    });
    const { id } = await createJob(1500);
    const job = await client.jobs.finished(id);
    expect(job).toMatchObject({ state: 'succeeded', progress: { rowsDone: 1500 } });
    expect(streams).toHaveLength(1);
  });

  test('are watched over a stream that breaks again and again, without a gap or a repeat', async () => {
    const { apiKey } = program;
    let streams = 0;
    const client = createClient({
      url: app.url,
      auth: { apiKey },
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        return isEvents(input) && ++streams <= 2 && response.body
          ? new Response(cutAfter(response.body, 2), { headers: response.headers })
          : response;
      },
    });
    const { id } = await createJob(1500);
    const revisions: number[] = [];
    for await (const { revision } of client.jobs.watch(id)) revisions.push(revision);
    const from = revisions[0] ?? 0;
    expect(revisions).toEqual(Array.from({ length: revisions.length }, (_, i) => from + i));
    expect(streams).toBeGreaterThan(1);
  });

  test('that are cancelled end in an error that has them', async () => {
    const { client } = program;
    const { id } = await createJob(20_000);
    const end = failureOf(client.jobs.finished(id));
    await client.jobs.cancel.mutate({ id });
    const failure = await end;
    expect(failure).toBeInstanceOf(JobError);
    expect(failure).toMatchObject({ job: { id, state: 'cancelled' } });
  });

  test('that are not there, or are somebody else’s, are not found', async () => {
    const { id } = await createJob(5);
    await using stranger = await openProgram(app);
    for (const [client, jobId] of [
      [stranger.client, id],
      [program.client, crypto.randomUUID()],
    ] as const)
      expect(hasErrorCode(await failureOf(client.jobs.finished(jobId)), 'NOT_FOUND')).toBe(true);
  });

  test('come one by one, newest first', async () => {
    await using own = await openProgram(app);
    const { id: datasetId } = await own.client.datasets.upload(new Blob([penguinsCsv(3)]));
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { id } = await own.client.jobs.checkDataset.mutate({ datasetId, model: 'penguins', mapping });
      ids.push(id);
    }
    const found: string[] = [];
    for await (const { id } of own.client.jobs.eachJob({ kind: 'dataset.check', limit: 2 })) found.push(id);
    expect(found).toEqual(ids.toReversed());
  });
});

function isEvents(input: RequestInfo | URL): boolean {
  return (input instanceof Request ? input.url : input.toString()).includes('/trpc/jobs.events');
}

function isUpload(input: RequestInfo | URL): boolean {
  return (input instanceof Request ? input.url : input.toString()).includes('/datasets/upload');
}

/** Some bytes, and then the end of the connection. */
function breakHalfWay(): ReadableStream<Uint8Array> {
  let pieces = 0;
  return new ReadableStream({
    pull(controller) {
      if (++pieces < 5) controller.enqueue(new TextEncoder().encode(penguinsCsv(1000)));
      else controller.error(new TypeError('the cable was pulled'));
    },
  });
}

/** What a connection gives that breaks after some pieces. */
function cutAfter(body: ReadableStream<Uint8Array>, pieces: number): ReadableStream<Uint8Array> {
  let left = pieces;
  return body.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        controller.enqueue(chunk);
        if (--left === 0) controller.terminate();
      },
    }),
  );
}
