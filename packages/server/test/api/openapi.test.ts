import * as contracts from '@oriel/models';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, test } from 'vitest';
import { createAppRouter } from '../../src/app-router.ts';
import { createOpenApiDocument } from '../../src/http/openapi.ts';

const document = createOpenApiDocument({
  router: createAppRouter(contracts),
  contracts,
  version: '0.0.0',
  isAnonymousAllowed: true,
});
const json = JSON.stringify(document, null, 2);

describe('the OpenAPI document', () => {
  test('is the one that was last reviewed: a changed line is a changed API', async () => {
    await expect(`${json}\n`).toMatchFileSnapshot('openapi.snapshot.json');
  });

  test('passes a strict linter', async () => {
    const config = await createConfig({ extends: ['recommended-strict'] });
    const problems = await lintFromString({ source: json, config });
    expect(
      problems.map(
        ({ ruleId, message, location: [place] }) => `${ruleId}: ${message} ${place?.pointer ?? ''}`,
      ),
    ).toEqual([]);
  });

  test('has a concrete, described, exampled path for each model, with shared components', () => {
    for (const id of Object.keys(contracts)) {
      expect(document).toHaveProperty(
        ['paths', `/models/${id}/predict`, 'post', 'description'],
        expect.any(String),
      );
      expect(document).toHaveProperty(
        ['paths', `/models/${id}/predict`, 'post', 'requestBody', 'content', 'application/json', 'examples'],
        expect.objectContaining({ example1: expect.anything() }),
      );
    }
    const problemRefs = json.match(/#\/components\/schemas\/Problem"/g) ?? [];
    expect(problemRefs.length).toBeGreaterThan(20);
  });

  test('what has a body may be refused for it, and only failures are problem documents', () => {
    const paths = document.paths as Record<string, Record<string, Operation>>;
    for (const [path, operations] of Object.entries(paths))
      for (const [method, { requestBody, responses }] of Object.entries(operations)) {
        const at = `${method} ${path}`;
        if (requestBody) expect(Object.keys(responses), at).toEqual(expect.arrayContaining(['413', '415']));
        for (const [status, { content = {} }] of Object.entries(responses))
          expect('application/problem+json' in content, `${at} ${status}`).toBe(Number(status) >= 400);
      }
  });

  test('no schema is there twice under two names', () => {
    const { schemas } = document.components as { schemas: Record<string, unknown> };
    const names = new Map<string, string[]>();
    for (const [name, schema] of Object.entries(schemas)) {
      const text = JSON.stringify(schema);
      names.set(text, [...(names.get(text) ?? []), name]);
    }
    expect([...names.values()].filter((same) => same.length > 1)).toEqual([]);
  });
});

interface Operation {
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}
