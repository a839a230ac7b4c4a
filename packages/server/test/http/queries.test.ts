import { type Problem, problemSchema } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSession, createUser } from '../support/identities.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

// What comes in the URL of an operation, over all operations that the API's document tells of.

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Of what it reads; the first one that there is. */
  readonly mediaType: string | undefined;
}

let app: TestApp;
let headers: Record<string, string>;
let operations: Operation[];
beforeAll(async () => {
  app = await startTestApp();
  // who may call everything
  headers = await createSession(app, await createUser(app, 'admin'));
  operations = await readOperations();
});
afterAll(() => app.close());

async function readOperations(): Promise<Operation[]> {
  const { body } = await app.send('/api/openapi.json');
  const { paths } = body as {
    paths: Record<string, Record<string, { parameters?: Parameter[]; requestBody?: { content: object } }>>;
  };
  return Object.entries(paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      parameters,
      mediaType: requestBody && Object.keys(requestBody.content)[0],
    })),
  );
}

const someId = '00000000-0000-7000-8000-000000000000';
/** As a path takes it. */
const paramOf: Record<string, string> = { version: '1' };

/** Asks an operation for something that is not there, and gives how it was refused; null when it was not. */
async function ask({ method, path, mediaType }: Operation, query: string, body = '{}') {
  const url = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => paramOf[name] ?? someId);
  const answer = await app.send(`/api/v1${url}${query}`, {
    method,
    headers: { ...headers, ...(mediaType !== undefined && { 'content-type': mediaType }) },
    redirect: 'manual',
    ...(mediaType !== undefined && { body }),
  });
  return answer.status >= 400 ? problemSchema.parse(answer.body) : null;
}

const nameOf = ({ method, path }: Operation) => `${method} ${path}`;
const fieldsOf = (problem: Problem | null) => problem?.issues?.map(({ path, rule }) => [...path, rule]);
const queryOf = ({ parameters }: Operation) =>
  parameters.filter((each) => each.in === 'query').map(({ name }) => name);

describe('a parameter of a query', () => {
  test('400: that an operation does not know is refused by its name, with those that there are', async () => {
    for (const operation of operations) {
      const problem = await ask(operation, '?nonsense=1');
      expect(problem, nameOf(operation)).toMatchObject({
        status: 400,
        code: 'INPUT_INVALID',
        issues: [{ path: ['nonsense'], rule: 'unrecognized_keys' }],
      });
      for (const name of queryOf(operation)) expect(problem?.detail).toContain(name);
    }
  });

  test('400: that is there twice is refused by its name', async () => {
    for (const operation of operations)
      for (const name of queryOf(operation)) {
        // those who upload may give each tag by itself
        if (name === 'tags') continue;
        const problem = await ask(operation, `?${name}=1&${name}=1`);
        expect(fieldsOf(problem), `${nameOf(operation)} ${name}`).toEqual([[name, 'repeated']]);
      }
  });

  test.each([
    ['empty', ''],
    ['no number', 'x'],
    ['a number in another writing', '0x10'],
    ['with blanks', ' 1'],
    ['negative', '-1'],
    ['past all numbers', '1e999'],
    ['past whole numbers', '1e20'],
    ['not a character', '\0'],
    ['half a character', '\ud800'],
    ['a list', '[1]'],
    ['an object', '{"id":1}'],
    ['very long', 'x'.repeat(7000)],
  ])('is refused by its name where its value is %s, or is a text like others', async (_what, value) => {
    for (const operation of operations)
      for (const name of queryOf(operation)) {
        const problem = await ask(operation, `?${new URLSearchParams({ [name]: value })}`);
        const at = `${nameOf(operation)} ${name}: ${JSON.stringify(problem)}`;
        expect(problem?.status ?? 200, at).toBeLessThan(500);
        expect(JSON.stringify(problem).length, at).toBeLessThan(2000);
        if (problem?.code === 'INPUT_INVALID')
          expect(
            problem.issues?.map(({ path }) => path[0]),
            at,
          ).toContain(name);
      }
  });

  test('400: a long name is refused, and told in short', async () => {
    for (const operation of operations) {
      const problem = await ask(operation, `?${'x'.repeat(7000)}=1`);
      expect(problem?.status, nameOf(operation)).toBe(400);
      expect(JSON.stringify(problem).length).toBeLessThan(1000);
    }
  });

  test('401: who may not call is told that first', async () => {
    const stranger = await app.send('/api/v1/datasets?nonsense=1');
    expect(stranger.status).toBe(401);
  });
});

describe('a field of the body that the path names too', () => {
  const withParams = () =>
    operations.filter(({ path, mediaType }) => path.includes('{') && mediaType === 'application/json');

  test('400: is refused by its name when it is something else', async () => {
    expect(withParams().map(nameOf)).toContain('PATCH /datasets/{id}');
    for (const operation of withParams()) {
      const [, name = ''] = /\{(\w+)\}/.exec(operation.path) ?? [];
      const problem = await ask(operation, '', JSON.stringify({ [name]: 'other' }));
      expect(fieldsOf(problem), nameOf(operation)).toEqual([[name, 'conflict']]);
    }
  });

  test('is taken when it is the same', async () => {
    const json = { ...headers, 'content-type': 'application/json' };
    const body = JSON.stringify({ id: someId, name: 'new' });
    const answer = await app.send(`/api/v1/datasets/${someId}`, { method: 'PATCH', headers: json, body });
    expect(answer).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  test('400: also in what is to be predicted later, or with one version', async () => {
    const later = { ...headers, prefer: 'respond-async' };
    const body = { model: 'spam', inputs: [{}] };
    expect(await app.post('/api/v1/models/penguins/predict-many', body, later)).toMatchObject({
      status: 400,
      body: { issues: [{ path: ['model'], rule: 'conflict' }] },
    });
    const versioned = '/api/v1/models/penguins/versions/1/predict';
    expect(await app.post(versioned, { version: '2' }, headers)).toMatchObject({
      status: 400,
      body: { issues: [{ path: ['version'], rule: 'conflict' }] },
    });
  });

  test('400: a form of an upload that says something else than its query', async () => {
    const form = new FormData();
    form.append('name', 'one');
    form.append('file', new Blob(['a\n1\n']), 'rows.csv');
    const upload = (query: string) =>
      app.send(`/api/v1/datasets/upload${query}`, { method: 'POST', headers, body: form });
    expect(await upload('?name=other')).toMatchObject({
      status: 400,
      body: { issues: [{ path: ['name'], rule: 'conflict' }] },
    });
    expect(await upload('?name=one&tags=a&tags=b')).toMatchObject({
      status: 201,
      body: { name: 'one', tags: ['a', 'b'] },
    });
  });
});

test('400: what is asked for by an empty name is nothing', async () => {
  for (const path of ['predictions?model=', 'audit-events?actor='])
    expect((await app.send(`/api/v1/${path}`, { headers })).status).toBe(400);
});

test('400: the event that a page names must be one', async () => {
  const operation = operations.find(({ path }) => path === '/jobs/{id}/events');
  expect.assert(operation);
  expect(await ask(operation, '?lastEventId=last')).toMatchObject({
    status: 400,
    issues: [{ path: ['lastEventId'], message: 'must be the id of an event' }],
  });
});
