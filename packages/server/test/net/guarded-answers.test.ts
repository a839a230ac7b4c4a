import { afterEach, describe, expect, test } from 'vitest';
import { createGuardedFetch } from '../../src/net/guarded-fetch.ts';
import { createServers, limits, refused, textOf } from './support/guarded-servers.ts';

const { serve, close } = createServers();
afterEach(close);

describe('an answer', () => {
  const inside = (more: object = {}) => createGuardedFetch({ ...limits, isPrivateAllowed: true, ...more });

  test('comes with any status, as a stream', async () => {
    const port = await serve((_request, response) =>
      response.writeHead(404, { 'content-type': 'text/plain' }).end('no rows'),
    );
    const answer = await inside()(`http://127.0.0.1:${port}/`);
    expect(answer).toMatchObject({ status: 404, headers: { 'content-type': 'text/plain' } });
    expect(await textOf(answer)).toBe('no rows');
  });

  test('is asked for without compression, which could hide its size', async () => {
    const port = await serve((request, response) => response.end(request.headers['accept-encoding']));
    expect(await textOf(await inside()(`http://127.0.0.1:${port}/`))).toBe('identity');
  });

  test('that says that it is too large is not read', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 100_001 }).write('a');
    });
    await expect(inside()(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  test('that is too large without saying so ends where the limit is', async () => {
    let isClosed = false;
    const port = await serve((_request, response) => {
      response.once('close', () => {
        isClosed = true;
      });
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(10_000)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    const { body } = await inside()(`http://127.0.0.1:${port}/`);
    let sizeBytes = 0;
    const reading = (async () => {
      for await (const chunk of body) sizeBytes += (chunk as Buffer).byteLength;
    })();
    await expect(reading).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect(sizeBytes).toBeLessThanOrEqual(100_000);
    await expect.poll(() => isClosed).toBe(true);
  });

  test('of exactly the limit is whole', async () => {
    const port = await serve((_request, response) => response.end(Buffer.alloc(100_000)));
    expect(await textOf(await inside()(`http://127.0.0.1:${port}/`))).toHaveLength(100_000);
  });

  test('that drips is given up when its time is over', async () => {
    const port = await serve((_request, response) => {
      const timer = setInterval(() => response.write('a'), 20);
      response.once('close', () => clearInterval(timer));
    });
    const { body } = await inside({ timeoutMs: 1500 })(`http://127.0.0.1:${port}/`);
    await expect(body.toArray()).rejects.toMatchObject(refused('it took more than 1500 ms'));
  });

  test('that never begins, or stops in the middle, is given up', async () => {
    const silent = await serve(() => {});
    await expect(inside({ idleMs: 100 })(`http://127.0.0.1:${silent}/`)).rejects.toMatchObject(
      refused('it does not answer, or stopped in the middle'),
    );
    const half = await serve((_request, response) => void response.write('half of'));
    const { body } = await inside({ idleMs: 1500 })(`http://127.0.0.1:${half}/`);
    await expect(body.toArray()).rejects.toMatchObject(refused(/stopped in the middle/));
  });

  test('that breaks off is no whole answer', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('half', () => response.destroy());
    });
    const { body } = await inside()(`http://127.0.0.1:${port}/`);
    await expect(body.toArray()).rejects.toMatchObject(refused('it cannot be reached, or broke off'));
  });

  test('is not there when nobody listens, and nothing is told of the network', async () => {
    const port = await serve(() => {});
    close();
    const error: unknown = await inside()(`http://127.0.0.1:${port}/`).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(refused('it cannot be reached, or broke off'));
    expect(error).toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  test('ends with the caller, before it begins and in the middle', async () => {
    const silent = await serve(() => {});
    const early = new AbortController();
    const asking = inside()(`http://127.0.0.1:${silent}/`, { signal: early.signal });
    setTimeout(() => early.abort(new Error('stopped early')), 50);
    await expect(asking).rejects.toThrow('stopped early');

    const half = await serve((_request, response) => void response.write('half of'));
    const late = new AbortController();
    const { body } = await inside()(`http://127.0.0.1:${half}/`, { signal: late.signal });
    setTimeout(() => late.abort(new Error('stopped late')), 50);
    await expect(body.toArray()).rejects.toThrow('stopped late');

    const stopped = inside()(`http://127.0.0.1:${half}/`, { signal: AbortSignal.abort(new Error('before')) });
    await expect(stopped).rejects.toThrow('before');
  });

  test('that nobody reads ends with its body, connection and all', async () => {
    let isClosed = false;
    const port = await serve((_request, response) => {
      response.once('close', () => {
        isClosed = true;
      });
      response.write('half of');
    });
    const { body } = await inside()(`http://127.0.0.1:${port}/`);
    body.destroy();
    await expect.poll(() => isClosed).toBe(true);
  });
});
