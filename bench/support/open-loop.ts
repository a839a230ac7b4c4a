import { Agent, request } from 'node:http';
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
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const startedAt = performance.now();
  const answers: Promise<Sent>[] = [];
  const start = Math.floor(Math.random() * 10_000_000);
  while (answers.length < rate * seconds) {
    // what a late timer left behind is sent at once, so that the rate holds
    const due = Math.min(rate * seconds, ((performance.now() - startedAt) / 1000) * rate);
    while (answers.length < due)
      answers.push(
        sendOne({ url, agent, startedAt, payload, body: bodyOf(payload, start + answers.length) }),
      );
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const sent = await Promise.all(answers);
  agent.destroy();
  return sent;
}

interface One {
  readonly url: string;
  readonly agent: Agent;
  readonly startedAt: number;
  readonly payload: Payload;
  readonly body: Buffer;
}

function sendOne({ url, agent, startedAt, payload, body }: One): Promise<Sent> {
  const sentAt = performance.now();
  const headers = { 'content-type': payload.contentType, 'content-length': body.length };
  return new Promise((resolve) => {
    const finish = (status: number, hasRetryAfter = false) => {
      const now = performance.now();
      resolve({ status, hasRetryAfter, ms: now - sentAt, atMs: now - startedAt });
    };
    request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.once('end', () => finish(answer.statusCode ?? noAnswer, 'retry-after' in answer.headers));
      answer.once('error', () => finish(noAnswer));
    })
      .once('error', () => finish(noAnswer))
      .end(body);
  });
}
