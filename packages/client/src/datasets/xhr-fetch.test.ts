// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import { failureOf } from '../../test/failure-of.ts';
import { setUpMockedServer } from '../../test/mocked-server.ts';
import { createClient } from '../create-client.ts';
import { hasErrorCode, isAbort } from '../errors.ts';
import { makeDataset } from '../testing/index.ts';
import type { UploadProgress } from './upload.ts';

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

test('what is too long for a URL goes beside the file, and counts as none of its bytes', async () => {
  transfers.answer({ upload: () => makeDataset() });
  const details = { description: `${'ก'.repeat(1000)}\n${'ข'.repeat(999)}` };
  const file = new Blob(['island\nDream\n']);
  const { send } = XMLHttpRequest.prototype;
  vi.spyOn(XMLHttpRequest.prototype, 'send').mockImplementation(function (this: XMLHttpRequest, body) {
    // as browsers do: of all that is sent
    const whole = body instanceof Blob ? body.size : 0;
    for (const loaded of [1, whole])
      this.upload.dispatchEvent(Object.assign(new Event('progress'), { loaded }));
    send.call(this, body);
  });
  const sent: number[] = [];
  const onProgress = ({ phase, sentBytes }: UploadProgress) =>
    void (phase === 'sending' && sent.push(sentBytes));
  await client.datasets.upload(file, { ...details, onProgress });
  await client.datasets.upload(file, details);
  vi.restoreAllMocks();
  const arrived = { description: details.description, text: 'island\nDream\n' };
  expect(
    transfers.uploads.map(({ details, bytes }) => ({
      ...Object.fromEntries(details),
      text: new TextDecoder().decode(bytes),
    })),
  ).toEqual([arrived, arrived]);
  expect(sent).toEqual([0, file.size]);
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
