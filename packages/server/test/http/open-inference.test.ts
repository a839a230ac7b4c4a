import { modelsFolder } from '@oriel/models/location';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrincipalUser } from '../../src/auth/principal.ts';
import { createKey, createUser } from '../support/identities.ts';
import { drawOne, gentoo } from '../support/inputs.ts';
import { slow } from '../support/models/registry.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

// What pipelines make of inputs: tensors that predict would run.
const { toFeatures }: { toFeatures: (bird: object) => Float32Array } = await import(
  new URL('penguins/pipeline.ts', modelsFolder).href
);
const digits: { pipeline: { preprocess: (input: object) => Promise<{ image: { data: Float32Array } }> } } =
  await import(new URL('digits/pipeline.ts', modelsFolder).href);

interface TensorAnswer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
  readonly data?: readonly number[];
  readonly parameters?: { readonly binary_data_size: number };
}
interface Answer {
  readonly id?: string;
  readonly model_name: string;
  readonly model_version: string;
  readonly outputs: readonly TensorAnswer[];
}

let app: TestApp;
let threads: TestApp;
let user: PrincipalUser;
beforeAll(async () => {
  app = await startTestApp();
  threads = await startTestApp({ ORIEL_MICRO_MODELS: 'off' });
  user = await createUser(app);
});
afterAll(() => Promise.all([app.close(), threads.close()]));

const penguins = '/v2/models/penguins/infer';
const features = (values: readonly number[], more: object = {}) => ({
  inputs: [{ name: 'features', shape: [values.length / 13, 13], datatype: 'FP32', data: values, ...more }],
});
const bird = [...toFeatures(gentoo)];
const birds = Array.from({ length: 100 }, (_, i) => ({ ...gentoo, bodyMassG: 3000 + 30 * i }));

/** A request whose tensor is in the bytes behind its JSON. */
function binaryRequest(json: object, ...parts: readonly Uint8Array[]) {
  const head = Buffer.from(JSON.stringify(json));
  const headers = {
    'content-type': 'application/octet-stream',
    'inference-header-content-length': String(head.length),
  };
  return { method: 'POST', body: Buffer.concat([head, ...parts]), headers };
}

const bytesOf = (values: ArrayLike<number>) => new Uint8Array(Float32Array.from(values).buffer);
const binaryInput = (values: readonly number[]) => {
  const { data: _data, ...input } = features(values).inputs[0] as { data: unknown };
  return { ...input, parameters: { binary_data_size: 4 * values.length } };
};

/** Sends bytes, and reads an answer of JSON and bytes. */
async function inferBinary(to: TestApp, path: string, init: RequestInit) {
  const response = await fetch(`${to.url}${path}`, init);
  const body = new Uint8Array(await response.arrayBuffer());
  const length = Number(response.headers.get('inference-header-content-length'));
  const json: Answer = JSON.parse(Buffer.from(body.subarray(0, length)).toString());
  const values = new Float32Array(body.slice(length).buffer);
  return { status: response.status, type: response.headers.get('content-type'), json, values };
}

async function predictedBirds(inputs: readonly object[]) {
  const { results } = await app.client.models.penguins.predictMany.mutate({
    inputs: inputs as (typeof gentoo)[],
  });
  return results.flatMap((result) => (result.ok ? Object.values(result.output.probabilities) : []));
}

describe('tensors in JSON', () => {
  test('are answered with what predict says, with the id of the request', async () => {
    const { status, body, headers } = await app.post(penguins, { id: 'a "b"', ...features(bird) });
    const { output } = await app.client.models.penguins.predict.mutate(gentoo);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(body).toEqual({
      model_name: 'penguins',
      model_version: '1',
      id: 'a "b"',
      outputs: [
        {
          name: 'probabilities',
          shape: [1, 3],
          datatype: 'FP32',
          data: Object.values(output.probabilities),
        },
      ],
    });
  });

  test('may be nested, and name a version, parameters of their own and the outputs that they want', async () => {
    const request = {
      ...features([...bird, ...bird], { data: [bird, bird], parameters: { content_type: 'np' } }),
      outputs: [{ name: 'probabilities' }],
    };
    const { status, body } = await app.post('/v2/models/penguins/versions/1/infer', request);
    expect(status).toBe(200);
    expect((body as Answer).outputs[0]).toMatchObject({ shape: [2, 3] });
    expect(body).not.toHaveProperty('id');
  });

  test('of two inputs with an axis of any length are answered too', async () => {
    const words = { shape: [2, 3], datatype: 'INT64', name: 'buckets', data: [1, 2, 3, 4, 5, 6] };
    const weights = { shape: [2, 3], datatype: 'FP32', name: 'weights', data: [1, 1, 1, 0, 0, 0] };
    const spam = (shape: readonly number[], one: object = words, other: object = weights) =>
      app.post('/v2/models/spam/infer', {
        inputs: [
          { ...one, shape },
          { ...other, shape },
        ],
      });
    const both = await spam([2, 3]);
    expect(both.body).toMatchObject({ outputs: [{ name: 'spam_probability', shape: [2] }] });
    const empty = await spam([1, 0], { ...words, data: [] }, { ...weights, data: [] });
    const [none] = (empty.body as Answer).outputs;
    // weights of 0 add as little as no words
    expect(none?.data?.[0]).toBe((both.body as Answer).outputs[0]?.data?.[1]);
  });
});

describe('tensors in bytes', () => {
  test.each([0, 1, 2, 3])('are answered in bytes, wherever the JSON ends: %d more', async (more) => {
    const request = {
      id: 'x'.repeat(more),
      parameters: { binary_data_output: true },
      inputs: [binaryInput(bird)],
    };
    const answer = await inferBinary(app, penguins, binaryRequest(request, bytesOf(bird)));
    expect(answer).toMatchObject({ status: 200, type: 'application/octet-stream' });
    expect(answer.json.outputs).toEqual([
      { name: 'probabilities', shape: [1, 3], datatype: 'FP32', parameters: { binary_data_size: 12 } },
    ]);
    expect([...answer.values]).toEqual(await predictedBirds([gentoo]));
  });

  test('may be asked for in JSON, and sent with no type or that of JSON', async () => {
    const wanted = [{ name: 'probabilities', parameters: { binary_data: false } }];
    const request = {
      parameters: { binary_data_output: true },
      inputs: [binaryInput(bird)],
      outputs: wanted,
    };
    const { headers, ...init } = binaryRequest(request, bytesOf(bird));
    for (const type of [undefined, 'application/json']) {
      const length = { 'inference-header-content-length': headers['inference-header-content-length'] };
      const { status, body } = await app.send(penguins, {
        ...init,
        headers: { ...length, ...(type && { 'content-type': type }) },
      });
      expect(status).toBe(200);
      expect((body as Answer).outputs[0]?.data).toEqual(await predictedBirds([gentoo]));
    }
  });

  test('that are the whole body are one row', async () => {
    const frame = await digits.pipeline.preprocess({ image: drawOne() });
    const { output } = await app.client.models.digits.predict.mutate(
      new Blob([drawOne()], { type: 'image/png' }),
    );
    const headers = { 'inference-header-content-length': '0', 'content-type': 'application/octet-stream' };
    const raw = { method: 'POST', headers, body: bytesOf(frame.image.data) };
    const answer = await inferBinary(app, '/v2/models/digits/infer', raw);
    expect(answer.json.outputs[0]).toMatchObject({ shape: [1, 10], parameters: { binary_data_size: 40 } });
    expect([...answer.values]).toEqual(output.probabilities);
  });

  test('by the hundred are answered in their order, on the event loop and on the threads', async () => {
    const values = birds.flatMap((each) => [...toFeatures(each)]);
    const request = { parameters: { binary_data_output: true }, inputs: [binaryInput(values)] };
    const expected = await predictedBirds(birds);
    for (const each of [app, threads]) {
      const answer = await inferBinary(each, penguins, binaryRequest(request, bytesOf(values)));
      expect(answer.json.outputs[0]?.shape).toEqual([100, 3]);
      expect([...answer.values]).toEqual(expected.map((value) => expect.closeTo(value, 5)));
    }
  });

  test('are the same however rows are shared out between requests', async () => {
    const values = birds.slice(0, 20).map((each) => [...toFeatures(each)]);
    const expected = await predictedBirds(birds.slice(0, 20));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 19 }), fc.boolean(), async (cut, isBinary) => {
        const parts = [values.slice(0, cut).flat(), values.slice(cut).flat()];
        const answers = await Promise.all(
          parts.map(async (part) => {
            if (!isBinary)
              return ((await app.post(penguins, features(part))).body as Answer).outputs[0]?.data;
            const request = { parameters: { binary_data_output: true }, inputs: [binaryInput(part)] };
            return [...(await inferBinary(app, penguins, binaryRequest(request, bytesOf(part)))).values];
          }),
        );
        expect(answers.flat()).toEqual(expected.map((value) => expect.closeTo(value, 5)));
      }),
      { numRuns: 20 },
    );
  });
});

describe('what does not fit is refused, and told where', () => {
  const [input] = features(bird).inputs;
  test.each<[string, object, readonly (string | number)[], RegExp]>([
    ['no inputs', {}, ['inputs'], /array/],
    ['none of the inputs', { inputs: [] }, ['inputs'], /must hold "features" too/],
    [
      'another name',
      { inputs: [{ ...input, name: 'x' }] },
      ['inputs', 0, 'name'],
      /must be one of "features"/,
    ],
    ['one twice', { inputs: [input, input] }, ['inputs', 1, 'name'], /is there twice/],
    [
      'another datatype',
      { inputs: [{ ...input, datatype: 'FP16' }] },
      ['inputs', 0, 'datatype'],
      /must be FP32/,
    ],
    ['another rank', { inputs: [{ ...input, shape: [13] }] }, ['inputs', 0, 'shape'], /must be \[-1,13\]/],
    [
      'another width',
      { inputs: [{ ...input, shape: [1, 12] }] },
      ['inputs', 0, 'shape'],
      /must be \[-1,13\]/,
    ],
    [
      'no rows',
      { inputs: [{ ...input, shape: [0, 13], data: [] }] },
      ['inputs', 0, 'shape'],
      /at least one row/,
    ],
    [
      '1,001 rows',
      { inputs: [{ ...input, shape: [1001, 13] }] },
      ['inputs', 0, 'shape'],
      /at most 1000 rows/,
    ],
    ['a length below 0', { inputs: [{ ...input, shape: [-1, 13] }] }, ['inputs', 0, 'shape', 0], />=0/],
    [
      'too few values',
      { inputs: [{ ...input, shape: [2, 13] }] },
      ['inputs', 0, 'data'],
      /26 values.*holds 13/,
    ],
    ['no data', { inputs: [{ ...input, data: undefined }] }, ['inputs', 0, 'data'], /must be there/],
    [
      'another output',
      { inputs: [input], outputs: [{ name: 'y' }] },
      ['outputs', 0, 'name'],
      /"probabilities"/,
    ],
    ['an id of 7', { id: 7, inputs: [input] }, ['id'], /string/],
  ])('%s', async (_what, request, path, message) => {
    const { status, body, headers } = await app.post(penguins, request);
    expect(status).toBe(400);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body).toMatchObject({
      code: 'INPUT_INVALID',
      instance: penguins,
      issues: [{ path, message: expect.stringMatching(message) }],
      error: (body as { detail: string }).detail,
    });
  });

  test.each<[string, object, number, RegExp]>([
    [
      'a size that the body does not have',
      { ...binaryInput(bird), shape: [2, 13], parameters: { binary_data_size: 104 } },
      52,
      /more than the 52 bytes that are left/,
    ],
    [
      'a size that is not that of the shape',
      { ...binaryInput(bird), parameters: { binary_data_size: 51 } },
      51,
      /must be 52/,
    ],
    ['bytes that nobody asked for', binaryInput(bird), 53, /1 are left/],
    ['data in both forms', { ...binaryInput(bird), data: bird }, 52, /must not be there/],
  ])('in bytes: %s', async (_what, given, size, message) => {
    const { status, body } = await app.send(
      penguins,
      binaryRequest({ inputs: [given] }, new Uint8Array(size)),
    );
    expect([status, (body as { error: string }).error]).toEqual([400, expect.stringMatching(message)]);
  });

  test.each(['x', '-1', '99999999', '3'])('a body whose JSON does not end at %s', async (length) => {
    const init = binaryRequest({ inputs: [binaryInput(bird)] }, bytesOf(bird));
    const headers = { ...init.headers, 'inference-header-content-length': length };
    const { status, body } = await app.send(penguins, { ...init, headers });
    expect(status).toBe(400);
    expect(body).toHaveProperty('error', expect.any(String));
  });

  test.each([
    [400, 'BODY_MALFORMED', '{', { 'content-type': 'application/json' }],
    [400, 'BODY_MALFORMED', '', { 'content-type': 'application/json' }],
    // JSON, and not the bytes of a row
    [400, 'INPUT_INVALID', 'null', { 'content-type': 'application/json' }],
    [400, 'INPUT_INVALID', `null${' '.repeat(52)}`, { 'inference-header-content-length': '4' }],
    [415, 'MEDIA_TYPE_UNSUPPORTED', '{}', { 'content-type': 'text/plain' }],
    [415, 'MEDIA_TYPE_UNSUPPORTED', '{}', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
    [
      400,
      'INPUT_INVALID',
      `{"inputs":${'['.repeat(1000)}${']'.repeat(1000)}}`,
      { 'content-type': 'application/json' },
    ],
    [413, 'BODY_TOO_LARGE', ' '.repeat(11_000_000), { 'content-type': 'application/json' }],
  ] as const)('%d %s: a body that cannot be read', async (status, code, body, headers) => {
    const answer = await app.send(penguins, { method: 'POST', body, headers });
    expect(answer).toMatchObject({ status, body: { code, error: expect.any(String) } });
  });

  test('NaN goes in and out in bytes, and not in JSON', async () => {
    const values = [Number.NaN, ...bird.slice(1)];
    const inputs = [binaryInput(values)];
    const asJson = await app.send(penguins, binaryRequest({ inputs }, bytesOf(values)));
    expect(asJson).toMatchObject({ status: 400, body: { error: expect.stringContaining('binary data') } });
    const init = binaryRequest({ parameters: { binary_data_output: true }, inputs }, bytesOf(values));
    expect((await inferBinary(app, penguins, init)).values).toHaveLength(3);
  });

  test.each([
    ['/v2/models/none/infer', 404, 'MODEL_NOT_FOUND'],
    ['/v2/models/penguins/versions/7/infer', 404, 'MODEL_VERSION_NOT_FOUND'],
    ['/v2/models/penguins/versions/new/infer', 400, 'INPUT_INVALID'],
    [`${penguins}?x=1`, 400, 'INPUT_INVALID'],
    ['/v2/models/penguins', 405, 'METHOD_NOT_ALLOWED'],
    ['/v2/models', 404, 'ROUTE_NOT_FOUND'],
    ['/v2/repository/models/penguins/load', 404, 'ROUTE_NOT_FOUND'],
    ['/v2/repository/models/penguins/unload', 404, 'ROUTE_NOT_FOUND'],
  ])('POST %s: %d %s', async (path, status, code) => {
    const answer = await app.post(path, features(bird));
    expect(answer).toMatchObject({ status, body: { code, error: expect.any(String) } });
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

describe('what there is', () => {
  test('the server says what it is, and whether it is ready', async () => {
    const server = { name: 'oriel', version: expect.any(String), extensions: ['binary_tensor_data'] };
    for (const path of ['/v2', '/v2/'])
      expect(await app.send(path)).toMatchObject({ status: 200, body: server });
    expect(await app.send('/v2/health/live')).toMatchObject({ status: 200, body: { live: true } });
    expect(await app.send('/v2/health/ready')).toMatchObject({ status: 200, body: { ready: true } });
  });

  test('a model tells its versions, inputs and outputs, and whether it is ready', async () => {
    const described = {
      name: 'penguins',
      versions: ['1'],
      platform: 'onnxruntime_onnx',
      inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 13] }],
      outputs: [{ name: 'probabilities', datatype: 'FP32', shape: [-1, 3] }],
    };
    for (const path of ['/v2/models/penguins', '/v2/models/penguins/versions/1']) {
      expect(await app.send(path)).toMatchObject({ status: 200, body: described });
      const ready = await app.send(`${path}/ready`);
      expect(ready).toMatchObject({ status: 200, body: { name: 'penguins', ready: true } });
    }
    for (const path of ['', '/ready']) expect((await app.send(`/v2/models/none${path}`)).status).toBe(404);
  });

  test('the index tells every version', async () => {
    const index = ['penguins', 'spam', 'digits'].map((name) => ({
      name,
      version: '1',
      state: 'READY',
      reason: '',
    }));
    for (const init of [{}, { body: '{}' }, { body: '{"ready":true}' }]) {
      const { status, body } = await app.send('/v2/repository/index', {
        method: 'POST',
        ...init,
        headers: { 'content-type': 'application/json' },
      });
      expect(status).toBe(200);
      expect(new Set(body as object[])).toEqual(new Set(index));
    }
    expect(await app.post('/v2/repository/index', { ready: 'yes' })).toMatchObject({ status: 400 });
  });

  test('a model that could not be loaded is unavailable, and not ready', async () => {
    const folder = new URL('../support/models/', import.meta.url);
    // the registry of that folder has no such contract
    const mismatch = { ...slow, id: 'mismatch' };
    const broken = await startTestApp({}, { contracts: { mismatch }, modelsFolder: folder });
    try {
      expect(await broken.send('/v2/models/mismatch/ready')).toMatchObject({
        status: 503,
        body: { ready: false },
      });
      expect((await broken.send('/v2/health/ready')).status).toBe(503);
      expect(await broken.send('/v2/models/mismatch')).toMatchObject({
        status: 503,
        body: { code: 'MODEL_NOT_READY' },
      });
      const index = (ready: boolean) => broken.post('/v2/repository/index', { ready });
      expect((await index(false)).body).toMatchObject([
        { name: 'mismatch', state: 'UNAVAILABLE', reason: /.+/ },
      ]);
      expect((await index(true)).body).toEqual([]);
    } finally {
      await broken.close();
    }
  });
});

describe('who calls', () => {
  test('may do what its key may, as at REST', async () => {
    const statusesOf = async (headers: Record<string, string>) => {
      const calls = [
        app.post(penguins, features(bird), headers),
        app.post('/v2/models/digits/infer', {}, headers),
        app.send('/v2/models/penguins', { headers }),
        app.send('/v2/models/penguins/ready', { headers }),
        app.post('/v2/repository/index', {}, headers),
      ];
      return (await Promise.all(calls)).map(({ status }) => status);
    };
    const all = await createKey(app, user, { scopes: ['predict', 'models:read'] });
    expect(await statusesOf(all.headers)).toEqual([200, 400, 200, 200, 200]);
    const some = await createKey(app, user, { scopes: ['predict', 'models:read'], models: ['penguins'] });
    expect(await statusesOf(some.headers)).toEqual([200, 404, 200, 200, 200]);
    const { body } = await app.post('/v2/repository/index', {}, some.headers);
    expect(body).toMatchObject([{ name: 'penguins' }]);
    const readers = await createKey(app, user, { scopes: ['models:read'] });
    expect(await statusesOf(readers.headers)).toEqual([403, 403, 200, 200, 200]);
    expect(await statusesOf({ authorization: 'Bearer oriel_wrong_key' })).toEqual(Array(5).fill(401));
  });

  test('is told to say so where anonymous callers may not predict; probes are for all', async () => {
    const closed = await startTestApp({ ORIEL_ANONYMOUS: 'off' });
    try {
      const { status, headers } = await closed.post(penguins, features(bird));
      expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('Bearer')]);
      for (const path of ['/v2', '/v2/health/live', '/v2/health/ready'])
        expect((await closed.send(path)).status).toBe(200);
    } finally {
      await closed.close();
    }
  });

  test('is counted: a call of many rows is one request, and their time is its time', async () => {
    const { headers } = await createKey(app, user, { requestsPerDayMax: 2, computeMsPerDayMax: 60_000 });
    const values = Array.from({ length: 50 }, () => bird).flat();
    const statuses: number[] = [];
    for (let call = 0; call < 3; call += 1)
      statuses.push((await app.post(penguins, features(values), headers)).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  test('finds its rows in the metrics, and nothing in the records', async () => {
    const count = async () => {
      const { text } = await app.send('/metrics');
      return Number(/oriel_predictions_total\{model="penguins",outcome="succeeded"\} (\d+)/.exec(text)?.[1]);
    };
    const recorded = async () => {
      await app.app.recorder.flush();
      return app.app.database.prisma.prediction.count();
    };
    const [before, records] = [await count(), await recorded()];
    await app.post(penguins, features([...bird, ...bird]));
    expect([await count(), await recorded()]).toEqual([before + 2, records]);
    expect((await app.send('/metrics')).text).toContain('route="/v2/models/:model/infer",status="200"');
  });
});

describe('a model that has more to do than it can', () => {
  const pair = { inputs: [{ name: 'x', shape: [1, 2], datatype: 'FP32', data: [1, 2] }] };

  test('503 before the body is read, and 504 at the deadline', async () => {
    const busy = await startTestApp(
      { ORIEL_THREADS: '1', ORIEL_QUEUE_ITEMS_MAX: '1', ORIEL_CACHE_ENTRIES_MAX: '0' },
      { contracts: { slow }, modelsFolder: new URL('../support/models/', import.meta.url) },
    );
    const path = '/v2/models/slow/infer';
    const gauge = async (name: string) => {
      const { text } = await busy.send('/metrics');
      return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
    };
    try {
      const running = busy.post('/api/v1/models/slow/predict', { value: 0, busyMs: 1500 });
      await expect.poll(() => gauge('oriel_running_batches')).toBe(1);
      const late = await busy.post(path, pair, { 'oriel-deadline-ms': '50' });
      expect(late).toMatchObject({
        status: 504,
        body: { code: 'DEADLINE_EXCEEDED', error: expect.any(String) },
      });
      const waiting = busy.post(path, pair);
      await expect.poll(() => gauge('oriel_queue_items')).toBe(1);
      const refused = await busy.send(path, { method: 'POST', body: '{' });
      expect(refused).toMatchObject({ status: 503, body: { code: 'ENGINE_OVERLOADED' } });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await waiting).toMatchObject({ status: 200, body: { outputs: [{ data: [2, 4] }] } });
      expect((await running).status).toBe(200);
    } finally {
      await busy.close();
    }
  });
});
