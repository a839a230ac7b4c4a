import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gentoo } from '../support/inputs.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const listed = 'https://app.example.com';
const stranger = 'https://evil.example.com';
const predict = '/api/v1/models/penguins/predict';
const paths = [predict, '/trpc/models.penguins.predict'];

let open: TestApp;
let closed: TestApp;
beforeAll(async () => {
  [open, closed] = await Promise.all([startTestApp({ ORIEL_CORS_ORIGINS: listed }), startTestApp()]);
});
afterAll(() => Promise.all([open.close(), closed.close()]));

const corsHeaders = (headers: Headers) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'));

describe('a page of a listed origin', () => {
  test.each(paths)('may ask before it posts to %s', async (path) => {
    const { status, headers } = await open.send(path, {
      method: 'OPTIONS',
      headers: {
        origin: listed,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,authorization',
      },
    });
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(listed);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(headers.get('access-control-allow-methods')).toContain('POST');
    expect(headers.get('access-control-allow-headers')).toBe('content-type,authorization');
  });

  test.each(paths)('may read the answer of %s, its request id and what limits say', async (path) => {
    const input = path.startsWith('/trpc/') ? { json: gentoo } : gentoo;
    const { status, headers } = await open.post(path, input, { origin: listed });
    expect(status).toBe(200);
    expect(headers.get('access-control-allow-origin')).toBe(listed);
    const exposed = headers.get('access-control-expose-headers')?.split(', ') ?? [];
    expect(exposed).toEqual(
      expect.arrayContaining(['x-request-id', 'etag', 'retry-after', 'RateLimit-Remaining']),
    );
  });

  test('may read errors too', async () => {
    const { status, headers } = await open.post(predict, {}, { origin: listed });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([400, listed]);
  });
});

describe('a page of any other origin', () => {
  test.each([stranger, 'null', `${listed}.evil.example`, 'http://app.example.com'])(
    '%s is told nothing of CORS',
    async (origin) => {
      const answer = await open.post(predict, gentoo, { origin });
      expect(corsHeaders(answer.headers)).toEqual([]);
      const preflight = await open.send(predict, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
      expect([preflight.status, corsHeaders(preflight.headers)]).toEqual([405, []]);
    },
  );

  test('without a list, that is every page', async () => {
    const { headers } = await closed.post(predict, gentoo, { origin: listed });
    expect(corsHeaders(headers)).toEqual([]);
  });
});

test.each([...paths, '/api/openapi.json'])('caches keep the answers of %s apart by origin', async (path) => {
  for (const origin of [listed, stranger]) {
    const { headers } = await open.post(path, {}, { origin });
    expect(headers.get('vary')?.toLowerCase()).toContain('origin');
  }
});
