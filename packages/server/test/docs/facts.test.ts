import { type ErrorCode, errorKindOf, scopeSchema } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anonymousPrincipal, scopesOfRole } from '../../src/auth/principal.ts';
import { transportOfKind } from '../../src/errors.ts';
import { settings } from '../../src/settings.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { listPages, readText } from './markdown.ts';

// What the pages say in passing, held against the server.

const origin = 'https://app.example.com';
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ ORIEL_CORS_ORIGINS: origin });
});
afterAll(() => app.close());

const isCode = (name: string): name is ErrorCode => Object.hasOwn(errorKindOf, name);
const statusOf = (code: ErrorCode) => transportOfKind[errorKindOf[code]].status;
/** The texts that a pattern's first group finds. */
const find = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found);

/** What is written as codes are, and is none. */
const others: ReadonlySet<string> = new Set([...Object.keys(settings), 'ORIEL_API_KEY', 'ORIEL_URL']);

describe.each(listPages())('%s', (page) => {
  const text = readText(page);

  test('error codes that it names exist, and have the status that stands before them', () => {
    const named = find(text, /`([A-Z]+(?:_[A-Z]+)+)`/g).filter((name) => !others.has(name));
    expect(named.filter((name) => !isCode(name))).toEqual([]);
    const said = [...text.matchAll(/\b([45]\d\d) \(?`([A-Z_]+)`/g)];
    for (const [, status, code = ''] of said)
      if (isCode(code)) expect(`${status} ${code}`).toBe(`${statusOf(code)} ${code}`);
  });

  test('operations that it names are in the API document', async () => {
    const { body } = await app.send('/api/openapi.json');
    const { paths } = body as { paths: Record<string, object> };
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase(), ...path.split('/').slice(1)]),
    );
    const named = [...text.matchAll(/\b(GET|POST|PATCH|DELETE) +(?:\/api\/v1|…)\/([^\s`"?]+)/g)];
    const unknown = named.filter(
      ([, method = '', path = '']) =>
        !operations.some((operation) => areSame(operation, [method, ...path.split('/')])),
    );
    expect(unknown.map(([all]) => all)).toEqual([]);
  });

  test('metrics that it names are there', async () => {
    const { text: metrics } = await app.send('/metrics');
    const named = find(text, /`((?:oriel|http|nodejs)_[a-z0-9_]+)`/g);
    expect(named.filter((name) => !metrics.includes(`# TYPE ${name} `))).toEqual([]);
  });
});

/** Whether two paths are one: what stands in braces on either side is any part. */
function areSame(some: readonly string[], other: readonly string[]): boolean {
  const isAny = (part: string | undefined) => part?.startsWith('{') ?? false;
  return (
    some.length === other.length &&
    some.every((part, i) => part === other[i] || isAny(part) || isAny(other[i]))
  );
}

test('docs/identity.md tells every scope, and who has it without a key', () => {
  const rows = [
    ...readText('docs/identity.md').matchAll(/^\| `([a-z:]+)` \| [^|]+ \| (yes)? ?\| (yes)? ?\|$/gm),
  ];
  const those = (column: number) => rows.filter((row) => row[column] === 'yes').map(([, scope]) => scope);
  expect(rows.map(([, scope]) => scope)).toEqual(scopeSchema.options);
  expect(new Set(those(2))).toEqual(scopesOfRole.member);
  expect(new Set(those(3))).toEqual(anonymousPrincipal(true).scopes);
});

test('docs/security.md tells every header that pages of other origins may read', async () => {
  const { headers } = await app.send('/api/v1/models', { headers: { origin } });
  const exposed = (headers.get('access-control-expose-headers') ?? '').split(/,\s*/);
  const [, said = ''] =
    /They may read ([\s\S]*?) and the `RateLimit`/.exec(readText('docs/security.md')) ?? [];
  expect(find(said, /`([^`]+)`/g).toSorted()).toEqual(
    exposed.filter((name) => !name.startsWith('RateLimit')).toSorted(),
  );
});
