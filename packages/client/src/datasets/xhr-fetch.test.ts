// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { failureOf } from '../../test/failure-of.ts';
import { setUpMockedServer } from '../../test/mocked-server.ts';
import { createClient } from '../create-client.ts';
import { hasErrorCode, isAbort } from '../errors.ts';
import { makeDataset } from '../testing/index.ts';

// where XMLHttpRequest is, as in a browser, it sends what has a progress
const { url, transfers, server } = setUpMockedServer();
const client = createClient({ url, auth: { apiKey: 'oriel_abc_def' } });

const onProgress = () => undefined;

test('a file goes with its credentials, and the answer is read', async () => {
  const dataset = makeDataset();
  const authorizations: (string | null)[] = [];
  server.events.on(
    'request:start',
    ({ request }) => void authorizations.push(request.headers.get('authorization')),
  );
  transfers.answer({ upload: () => dataset });
  const answer = await client.datasets.upload(new Blob(['island\nDream\n']), { onProgress });
  expect(answer).toEqual(dataset);
  expect(new TextDecoder().decode(transfers.uploads[0]?.bytes)).toBe('island\nDream\n');
  expect(authorizations).toEqual(['Bearer oriel_abc_def']);
});

test('a stream is collected first: not all browsers send streams', async () => {
  transfers.answer({ upload: () => makeDataset() });
  async function* pieces() {
    yield new Uint8Array([97]);
    yield new Uint8Array([98]);
  }
  await client.datasets.upload(pieces(), { onProgress });
  expect(transfers.uploads.map(({ bytes }) => [...bytes])).toEqual([[97, 98]]);
});

test('a refusal is read', async () => {
  transfers.refuse({ code: 'BODY_TOO_LARGE' });
  const failure = await failureOf(client.datasets.upload(new Blob(['a']), { onProgress }));
  expect(hasErrorCode(failure, 'BODY_TOO_LARGE')).toBe(true);
});

test('a broken connection is tried again', async () => {
  transfers.answer({ upload: () => makeDataset() });
  transfers.breakConnections(1);
  await client.datasets.upload(new Blob(['a']), { onProgress });
  expect(transfers.uploads).toHaveLength(1);
});

test('it can be given up', async () => {
  transfers.answer({ upload: () => new Promise<never>(() => undefined) });
  const controller = new AbortController();
  const call = failureOf(client.datasets.upload(new Blob(['a']), { onProgress, signal: controller.signal }));
  setTimeout(() => controller.abort(), 50);
  expect(isAbort(await call)).toBe(true);
});
