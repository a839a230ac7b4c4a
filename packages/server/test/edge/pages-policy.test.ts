import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const isDemoBuilt = existsSync(new URL('../../../web-demo/dist/index.html', import.meta.url));
if (!isDemoBuilt) console.log('SKIPPED: the policy of the demo page; `npm run build` makes the page.');

interface Element {
  readonly attributes: string;
  readonly text: string;
}

function elementsOf(html: string, name: string): Element[] {
  const element = new RegExp(`<${name}\\b([^>]*)>([\\s\\S]*?)</${name}>`, 'g');
  return [...html.matchAll(element)].map(([, attributes = '', text = '']) => ({ attributes, text }));
}

/** The sources that a directive of a policy allows. */
function sourcesOf(policy: string, directive: string): string[] {
  const found = policy.split(';').find((part) => part.trim().startsWith(`${directive} `));
  return found?.trim().split(/\s+/).slice(1) ?? [];
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

async function openPage(path: string) {
  const { headers, text } = await app.send(path);
  const policy = headers.get('content-security-policy') ?? '';
  return {
    html: text,
    policy,
    scripts: elementsOf(text, 'script'),
    scriptSources: sourcesOf(policy, 'script-src'),
    styleSources: sourcesOf(policy, 'style-src'),
  };
}

const pages = [...(isDemoBuilt ? ['/'] : []), '/docs', '/docs/errors'];

describe.each(pages)('%s and its policy', (path) => {
  test('scripts come from this server or are allowed word for word; nothing else may run', async () => {
    const { html, scripts, scriptSources } = await openPage(path);
    const inline = scripts.filter(({ attributes }) => !/\bsrc=/.test(attributes));
    expect(scriptSources).toEqual(["'self'", ...inline.map(({ text }) => hashOf(text))]);
    for (const { attributes } of scripts) expect(attributes).not.toMatch(/\bsrc="(?!\/[^/])/);
    expect(html).not.toMatch(/<[^>]+\son\w+=/);
    expect(html).not.toContain('javascript:');
  });

  test('plugins, frames around it and other bases are refused', async () => {
    const { policy } = await openPage(path);
    for (const part of [
      "object-src 'none'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "default-src 'self'",
    ])
      expect(policy).toContain(part);
    expect(policy).not.toMatch(/unsafe-eval|https?:|\*/);
  });
});

test.each(pages.filter((path) => path !== '/docs'))('%s: styles are as strict as scripts', async (path) => {
  const { html, styleSources } = await openPage(path);
  expect(styleSources).toEqual(["'self'", ...elementsOf(html, 'style').map(({ text }) => hashOf(text))]);
  expect(html).not.toMatch(/<[^>]+\sstyle=/);
});

test('the API reference alone may style itself freely', async () => {
  expect((await openPage('/docs')).styleSources).toEqual(["'self'", "'unsafe-inline'"]);
});
