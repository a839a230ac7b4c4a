import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { createClient as createBrowserClient } from '../create-client.ts';
import { hasErrorCode } from '../errors.ts';
import { createClient as createNodeClient } from '../node/node-client.ts';
import { toProblem } from '../testing/refusal.ts';
import { StreamError } from './stream-error.ts';

type Island = 'Biscoe' | 'Dream' | 'Torgersen';
type Bird = { readonly island: Island };

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A real server: what is shown here is when bytes go, and whether connections end. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const outputOf = (species: string) => ({ species, probabilities: { Adelie: 0, Chinstrap: 0, Gentoo: 1 } });

/** Answers each line as it comes; an island that is not there is refused. */
function answerLines(request: IncomingMessage, response: ServerResponse): void {
  // a caller who left is what some tests are about
  answerEachLine(request, response).catch(() => undefined);
}

async function answerEachLine(request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  let line = 0;
  for await (const text of createInterface({ input: request })) {
    line++;
    const { island } = JSON.parse(text) as { island: string };
    const error = { code: 'INPUT_INVALID', message: `There is no island ${island}.` };
    const item = island === 'Atlantis' ? { ok: false, line, error } : { ok: true, output: outputOf(island) };
    if (!response.write(`${JSON.stringify(item)}\n`)) await once(response, 'drain');
  }
  response.end();
}

async function readAll<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const birds = (count: number): Bird[] => Array.from({ length: count }, () => ({ island: 'Dream' }));

describe.each([
  ['over one connection', createNodeClient],
  ['in slices, as browsers do', createBrowserClient],
])('%s', (_name, createClient) => {
  const open = (url: string) => createClient({ url }).models.penguins;

  test('results come in order, one for each input, and one that fails stops no other', async () => {
    const paths = new Set<string | undefined>();
    const url = await serve((request, response) => {
      paths.add(request.url);
      answerLines(request, response);
    });
    // a value that the types refuse
    const atlantis = { island: 'Atlantis' } as unknown as Bird;
    const inputs = [...birds(1500), atlantis, ...birds(2)];
    const items = await readAll(open(url).predictStream(inputs));
    expect(items).toHaveLength(1503);
    expect(items[0]).toEqual({ ok: true, output: outputOf('Dream') });
    expect(items.filter(({ ok }) => !ok)).toEqual([
      { ok: false, line: 1501, error: { code: 'INPUT_INVALID', message: 'There is no island Atlantis.' } },
    ]);
    expect([...paths]).toEqual(['/api/v1/models/penguins/predict-stream']);
  });

  test('no inputs give no results', async () => {
    const url = await serve(answerLines);
    expect(await readAll(open(url).predictStream([]))).toEqual([]);
  });

  test('inputs that cannot be read end the stream with their own error', async () => {
    const url = await serve(answerLines);
    async function* inputs() {
      yield* birds(1);
      throw new Error('the file is gone');
    }
    const read = readAll(open(url).predictStream(inputs()));
    await expect(read).rejects.toThrow('the file is gone');
  });

  test.each([[{ island: 'Dream' }], ['Dream'], [undefined]])('%j is no list of inputs', async (inputs) => {
    const url = await serve(answerLines);
    // what only programs without types can do
    const read = readAll(open(url).predictStream(inputs as unknown as Bird[]));
    await expect(read).rejects.toThrow('predictStream wants inputs that can be iterated');
  });

  test('a refusal is a problem', async () => {
    const problem = toProblem({ code: 'FORBIDDEN' }, '/');
    const url = await serve((request, response) => {
      request.resume();
      response.writeHead(403, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
    });
    const failure: unknown = await readAll(open(url).predictStream(birds(3))).catch(
      (error: unknown) => error,
    );
    expect(hasErrorCode(failure, 'FORBIDDEN')).toBe(true);
  });

  test('an answer that breaks off is not taken for the whole', async () => {
    const url = await serve((request, response) => {
      request.resume();
      response.writeHead(200).write(`${JSON.stringify({ ok: true, output: outputOf('Dream') })}\n`);
      setTimeout(() => response.destroy(), 50);
    });
    const read = readAll(open(url).predictStream(birds(3)));
    await expect(read).rejects.toThrow(StreamError);
  });

  test('an answer that is too short is not taken for the whole', async () => {
    const url = await serve((request, response) => {
      request.resume();
      request.on('end', () => response.end(`${JSON.stringify({ ok: true, output: outputOf('Dream') })}\n`));
    });
    const read = readAll(open(url).predictStream(birds(3)));
    await expect(read).rejects.toThrow('The stream ended after 1 results for 3 inputs.');
  });

  test('what the server ends the stream with is thrown, after the results before it', async () => {
    const url = await serve((request, response) => {
      request.resume();
      const error = { code: 'RATE_LIMITED', message: 'Too many rows.' };
      const last = { ok: false, line: 2, error, ended: true };
      request.on('end', () =>
        response.end(`${JSON.stringify({ ok: true, output: outputOf('Dream') })}\n${JSON.stringify(last)}\n`),
      );
    });
    const results = open(url).predictStream(birds(3), { version: '1' });
    expect((await results.next()).value).toMatchObject({ ok: true });
    const failure: unknown = await results.next().catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'StreamError', line: 2, message: 'Too many rows.' });
    expect(hasErrorCode(failure, 'RATE_LIMITED')).toBe(true);
  });

  test('whoever stops reading ends the request, and what the inputs come from', async () => {
    const { promise: requestClosed, resolve: onRequestClosed } = Promise.withResolvers<string>();
    const { promise: inputsClosed, resolve: onInputsClosed } = Promise.withResolvers<string>();
    const url = await serve((request, response) => {
      response.on('close', () => onRequestClosed('closed'));
      answerLines(request, response);
    });
    async function* inputs() {
      try {
        for (;;) {
          yield* birds(1);
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      } finally {
        onInputsClosed('closed');
      }
    }
    for await (const { ok } of open(url).predictStream(inputs())) {
      expect(ok).toBe(true);
      break;
    }
    expect(await Promise.all([requestClosed, inputsClosed])).toEqual(['closed', 'closed']);
  });

  test('a signal ends it with its reason', async () => {
    const url = await serve((request) => void request.resume());
    const controller = new AbortController();
    const read = readAll(open(url).predictStream(birds(3), { signal: controller.signal }));
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(read).rejects.toThrow('enough');
  });

  test('a signal ends it also while it waits for an input', async () => {
    const url = await serve(answerLines);
    const controller = new AbortController();
    async function* inputs() {
      yield* birds(1);
      await new Promise(() => undefined);
    }
    const results = open(url).predictStream(inputs(), { signal: controller.signal });
    await results.next();
    const next = results.next();
    controller.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
  });

  test('inputs are read no faster than results are', async () => {
    const url = await serve(answerLines);
    const countMax = 3_000_000;
    let read = 0;
    function* inputs() {
      while (read < countMax) {
        read++;
        yield { island: 'Dream' as const };
      }
    }
    const results = open(url).predictStream(inputs());
    await results.next();
    // until all buffers on the way are full
    for (let before = -1; before < read; ) {
      before = read;
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    expect(read).toBeLessThan(countMax);
    await results.return();
  });
});

test('over one connection a result comes before the next input is there', async () => {
  const url = await serve(answerLines);
  const { promise: hasAnswer, resolve } = Promise.withResolvers<void>();
  async function* inputs() {
    yield* birds(1);
    await hasAnswer;
    yield* birds(1);
  }
  let results = 0;
  for await (const { ok } of createNodeClient({ url }).models.penguins.predictStream(inputs())) {
    expect(ok).toBe(true);
    results++;
    resolve();
  }
  expect(results).toBe(2);
});
