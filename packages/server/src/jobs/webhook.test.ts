import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import type { GuardedRequest } from '../net/guarded-fetch.ts';
import type { StoredJob } from './stored-job.ts';
import { createWebhooks, signatureOf } from './webhook.ts';

const job = { id: 'j', kind: 'dataset.predict', state: 'succeeded' } as StoredJob['job'];
const stored = { job, webhookUrl: 'https://example.com/hook', webhookSecret: 'sealed' } as StoredJob;
const secret = 'sixteen characters';

/** @param answer - the status of the receiver, or why there is none */
function createReceiver(answer: number | AppError, found: StoredJob | null = stored) {
  const calls: { url: string; request: GuardedRequest | undefined }[] = [];
  const lines: object[] = [];
  const { deliver } = createWebhooks({
    repository: { find: async () => found },
    async fetch(url, request) {
      calls.push({ url, request });
      if (answer instanceof AppError) throw answer;
      return { url, status: answer, headers: {}, body: Readable.from([]) };
    },
    openSecret: async (sealed) => (sealed === 'sealed' ? secret : null),
    logger: { warn: (fields) => lines.push(fields) },
    now: () => 1_700_000_000_000,
  });
  return { deliver: () => deliver({ jobId: 'j' }), calls, lines };
}

describe('a webhook', () => {
  test('tells of the job, signed with its secret and the time', async () => {
    const { deliver, calls } = createReceiver(204);
    await deliver();
    const body = JSON.stringify({ type: 'job.succeeded', job });
    expect(calls).toMatchObject([
      {
        url: 'https://example.com/hook',
        request: {
          method: 'POST',
          body,
          headers: { 'oriel-signature': signatureOf({ secret, body, atS: 1_700_000_000 }) },
        },
      },
    ]);
  });

  test('is signed as its description says', () => {
    expect(signatureOf({ secret: 'key', body: '{}', atS: 1 })).toBe(
      't=1,v1=1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224',
    );
  });

  test('without a secret is not signed', async () => {
    const { deliver, calls } = createReceiver(200, { ...stored, webhookSecret: null });
    await deliver();
    expect(calls[0]?.request?.headers).not.toHaveProperty('oriel-signature');
  });

  test.each([500, 302, 404, 429])('that is answered %s is told again', async (status) => {
    await expect(createReceiver(status).deliver()).rejects.toThrow(`answered ${status}`);
  });

  test('whose receiver is gone for good (410), or whose job is removed, is not', async () => {
    await createReceiver(410).deliver();
    const removed = createReceiver(500, null);
    await removed.deliver();
    expect(removed.calls).toEqual([]);
  });

  test('that cannot be called is told again; its secret and URL are in no log', async () => {
    const { deliver, lines } = createReceiver(new AppError('URL_REFUSED', 'The URL was not asked.'));
    await expect(deliver()).rejects.toThrow('could not be called');
    expect(lines).toEqual([{ job: 'j', reason: 'The URL was not asked.' }]);
  });

  test('whose secret cannot be opened is not sent unsigned', async () => {
    const { deliver, calls, lines } = createReceiver(200, { ...stored, webhookSecret: 'of another server' });
    await expect(deliver()).rejects.toThrow('set ORIEL_SECRET');
    expect(calls).toEqual([]);
    // nobody else can be told
    expect(lines).toEqual([{ job: 'j', reason: expect.stringContaining('set ORIEL_SECRET') }]);
  });
});
