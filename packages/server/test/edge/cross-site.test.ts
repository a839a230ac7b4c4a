import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gentoo } from '../support/inputs.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const listed = 'https://app.example.com';
const publicUrl = 'https://oriel.example.com';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ ORIEL_CORS_ORIGINS: listed, ORIEL_PUBLIC_URL: publicUrl });
});
afterAll(() => app.close());

const predict = '/api/v1/models/penguins/predict';
const trpc = '/trpc/models.penguins.predict';
const cookie = 'oriel-session=stolen-ride';
const refused = { status: 403, text: expect.stringContaining('CROSS_SITE_REFUSED') };

describe.each([
  [predict, gentoo],
  [trpc, { json: gentoo }],
])('a post to %s with the cookie of a session', (path, input) => {
  test.each([
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example.com' },
    { 'sec-fetch-site': 'same-site', origin: 'http://sibling.localhost' },
    { origin: 'https://evil.example.com' },
    { origin: 'null' },
    {},
  ] as Record<string, string>[])('is refused from %j', async (headers) => {
    expect(await app.post(path, input, { cookie, ...headers })).toMatchObject(refused);
  });

  test('is let through from our own pages and the listed origins', async () => {
    const own = new URL(app.url).origin;
    const ours: Record<string, string>[] = [
      { 'sec-fetch-site': 'same-origin' },
      { origin: own },
      { origin: publicUrl },
      { 'sec-fetch-site': 'cross-site', origin: listed },
    ];
    for (const headers of ours) {
      const { text } = await app.post(path, input, { cookie, ...headers });
      expect(text).not.toContain('CROSS_SITE_REFUSED');
    }
  });
});

test('reading with the cookie is no danger: other sites cannot see the answer', async () => {
  const { text } = await app.send('/api/v1/models', { headers: { cookie, 'sec-fetch-site': 'cross-site' } });
  expect(text).not.toContain('CROSS_SITE_REFUSED');
});

test('whoever has no session is not asked where it comes from', async () => {
  const { status } = await app.post(predict, gentoo, {
    cookie: 'theme=dark',
    'sec-fetch-site': 'cross-site',
  });
  expect(status).toBe(200);
});

describe('what a form of another site could send is no JSON', () => {
  const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'];
  const body = (type: string) =>
    type.startsWith('multipart/')
      ? '--x\r\ncontent-disposition: form-data; name="island"\r\n\r\nDream\r\n--x--\r\n'
      : JSON.stringify({ json: gentoo });

  test.each([predict, trpc].flatMap((path) => types.map((type) => [path, type] as const)))(
    '%s: %s',
    async (path, type) => {
      const answer = await app.send(path, {
        method: 'POST',
        body: body(type),
        headers: { 'content-type': type },
      });
      expect(answer).toMatchObject({ status: 415, text: expect.stringContaining('MEDIA_TYPE_UNSUPPORTED') });
    },
  );
});
