import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

describe('the API page', () => {
  test.each(['/docs', '/docs/'])('answers at %s, from this server alone', async (path) => {
    const response = await fetch(`${app.url}${path}`, { redirect: 'manual' });
    expect(response.status).toBe(200);
    const html = await response.text();
    const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
    expect(addresses).toContain('/docs/js/scalar.js');
    expect(addresses.filter((address) => /^(https?:)?\/\//.test(address))).toEqual([]);
    expect((await app.send('/docs/js/scalar.js')).status).toBe(200);
  });

  test('its policy allows its own inline script by hash, and no other', async () => {
    const { headers, text } = await app.send('/docs');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).not.toContain("script-src 'self' 'unsafe-inline'");
    const [, script = ''] = /<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/.exec(text) ?? [];
    expect(policy).toContain(createHash('sha256').update(script).digest('base64'));
  });
});

test.each([
  ['/docs', "default-src 'self'"],
  ['/nothing', "default-src 'self'"],
  ['/api/v1/models', "default-src 'none'"],
  ['/trpc/models.list', "default-src 'none'"],
])('%s carries security headers and its request id', async (path, policy) => {
  const { headers } = await app.send(path);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toContain(policy);
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('x-request-id')).toMatch(/.+/);
});

test('live and ready answer; metrics are in the text format of Prometheus', async () => {
  expect(await app.send('/health/live')).toMatchObject({ status: 200, body: { status: 'live' } });
  expect(await app.send('/health/ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
  const { headers, text } = await app.send('/metrics');
  expect(headers.get('content-type')).toContain('text/plain');
  expect(text).toContain('# TYPE http_request_duration_seconds histogram');
});
