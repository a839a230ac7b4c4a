import { Pool } from 'undici';
import { bodyOf, type Payload } from './payload.ts';

export interface OpenLoop {
  readonly url: string;
  readonly payload: Payload;
  /** Requests a second, sent whether or not those before are answered: callers do not wait for each other. */
  readonly rate: number;
  readonly seconds: number;
}

export interface Sent {
  readonly status: number;
  readonly ms: number;
  /** When it was answered, from the start of the load. */
  readonly atMs: number;
  readonly hasRetryAfter: boolean;
}

/** What a lost connection counts as: no answer came. */
export const noAnswer = 0;

/** Sends at a fixed rate and waits for the last answer. */
export async function sendAtRate({ url, payload, rate, seconds }: OpenLoop): Promise<readonly Sent[]> {
  const { origin, pathname } = new URL(url);
  // takes half of the processor time of node:http, which on one machine is taken from the server
  const pool = new Pool(origin, { connections: null, pipelining: 1 });
  const startedAt = performance.now();
  const answers: Promise<Sent>[] = [];
  const start = Math.floor(Math.random() * 10_000_000);
  while (answers.length < rate * seconds) {
    // what a late timer left behind is sent at once, so that the rate holds
    const due = Math.min(rate * seconds, ((performance.now() - startedAt) / 1000) * rate);
    while (answers.length < due)
      answers.push(
        sendOne({ pool, path: pathname, startedAt, payload, body: bodyOf(payload, start + answers.length) }),
      );
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const sent = await Promise.all(answers);
  await pool.close();
  return sent;
}

interface One {
  readonly pool: Pool;
  readonly path: string;
  readonly startedAt: number;
  readonly payload: Payload;
  readonly body: Buffer;
}

function sendOne({ pool, path, startedAt, payload, body }: One): Promise<Sent> {
  const sentAt = performance.now();
  const headers = { 'content-type': payload.contentType };
  return new Promise((resolve) => {
    const finish = (status: number, hasRetryAfter = false) => {
      const now = performance.now();
      resolve({ status, hasRetryAfter, ms: now - sentAt, atMs: now - startedAt });
    };
    let status = noAnswer;
    let hasRetryAfter = false;
    pool.dispatch(
      { path, method: 'POST', headers, body },
      {
        // by this one it knows which kind of handler it was given
        onRequestStart: () => {},
        onResponseStart(_controller, statusCode, answered) {
          status = statusCode;
          hasRetryAfter = 'retry-after' in answered;
        },
        onResponseEnd: () => finish(status, hasRetryAfter),
        onResponseError: () => finish(noAnswer),
      },
    );
  });
}
