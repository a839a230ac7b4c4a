import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawOne, gentoo } from '../support/inputs.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

/** What a door did with an input: the output, or the code and the refused fields. */
interface Verdict {
  status: number;
  output?: unknown;
  code?: unknown;
  issues?: unknown;
}

async function throughRest(model: string, input: unknown): Promise<Verdict> {
  const { status, body } = await app.post(`/api/v1/models/${model}/predict`, input);
  const { output, code, issues } = body as Verdict;
  return { status, output, code, issues };
}

/** The bytes a tRPC client sends for a value that is plain JSON. */
async function throughTrpc(model: string, input: unknown): Promise<Verdict> {
  const { status, body } = await app.post(`/trpc/models.${model}.predict`, { json: input });
  const answer = body as {
    result?: { data: { json: { output: unknown } } };
    error?: { json: { data: { problem: { code: string; issues?: unknown } } } };
  };
  const problem = answer.error?.json.data.problem;
  return { status, output: answer.result?.data.json.output, code: problem?.code, issues: problem?.issues };
}

/** Values of every kind that JSON has, the ones that loosen parsers among them. */
const anyJson = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    '5',
    '',
    'null',
    'true',
    '1e3',
    ' 7 ',
    0,
    -1,
    1e308,
    true,
    false,
    null,
    [],
    {},
    [1],
    '0x10',
  ),
);
const measure = fc.oneof(
  { arbitrary: fc.double({ min: 1, max: 7000, noNaN: true }), weight: 5 },
  { arbitrary: anyJson, weight: 1 },
);

const penguinInputs = fc.oneof(
  {
    arbitrary: fc.record(
      {
        island: fc.oneof(
          { arbitrary: fc.constantFrom('Biscoe', 'Dream', 'Torgersen'), weight: 9 },
          { arbitrary: anyJson, weight: 1 },
        ),
        culmenLengthMm: fc.oneof(fc.double({ min: 10, max: 100, noNaN: true }), measure),
        culmenDepthMm: fc.oneof(fc.double({ min: 5, max: 50, noNaN: true }), measure),
        flipperLengthMm: fc.oneof(fc.integer({ min: 100, max: 300 }), measure),
        bodyMassG: fc.oneof(fc.integer({ min: 500, max: 15_000 }), measure),
        sex: fc.oneof(
          { arbitrary: fc.constantFrom('male', 'female', null), weight: 9 },
          { arbitrary: anyJson, weight: 1 },
        ),
      },
      { requiredKeys: ['island'] },
    ),
    weight: 12,
  },
  {
    arbitrary: fc.record({ island: fc.constant('Dream') }).map((bird) => ({ ...bird, colour: 'blue' })),
    weight: 1,
  },
  {
    arbitrary: fc.constantFrom(
      JSON.parse('{"island":"Dream","__proto__":{"sex":"male"}}'),
      JSON.parse('{"__proto__":1}'),
    ),
    weight: 1,
  },
  { arbitrary: anyJson, weight: 2 },
);

const spamInputs = fc.oneof(
  fc.record(
    {
      subject: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), anyJson),
      body: fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), anyJson),
    },
    { requiredKeys: ['body'] },
  ),
  anyJson,
);

const png = Buffer.from(drawOne());
const digitInputs = fc.oneof(
  // whole, cut, or with a byte changed
  fc.nat(png.length).map((length) => ({ image: png.subarray(0, length).toString('base64') })),
  fc.tuple(fc.nat(png.length - 1), fc.nat(255)).map(([at, value]) => {
    const bytes = Buffer.from(png);
    bytes[at] = value;
    return { image: bytes.toString('base64') };
  }),
  anyJson.map((image) => ({ image })),
  anyJson,
);

describe('what one door accepts, every door accepts, and with the same answer', () => {
  test.each([
    ['penguins', penguinInputs, 400],
    ['spam', spamInputs, 200],
    ['digits', digitInputs, 100],
  ] satisfies [string, fc.Arbitrary<unknown>, number][])(
    '%s',
    async (model, inputs, runs) => {
      let accepted = 0;
      await fc.assert(
        fc.asyncProperty(inputs, async (input) => {
          const [rest, trpc] = await Promise.all([throughRest(model, input), throughTrpc(model, input)]);
          expect(trpc).toEqual(rest);
          expect([200, 400]).toContain(rest.status);
          if (rest.status === 200) accepted++;
        }),
        { numRuns: runs, seed: 20_261_101 },
      );
      // a test that only ever saw refusals, or only answers, would show nothing
      expect(accepted).toBeGreaterThan(runs / 20);
      expect(accepted).toBeLessThan(runs);
    },
    60_000,
  );

  test('calls through one door do not loosen the contract for the other', async () => {
    await app.send('/api/v1/predictions?limit=5');
    await throughRest('penguins', gentoo);
    for (const loose of [
      { ...gentoo, bodyMassG: '5950' },
      { ...gentoo, bodyMassG: true },
    ]) {
      expect(await throughTrpc('penguins', loose)).toMatchObject({
        status: 400,
        issues: [{ path: ['bodyMassG'] }],
      });
      expect(await throughRest('penguins', loose)).toMatchObject({
        status: 400,
        issues: [{ path: ['bodyMassG'] }],
      });
    }
    const { status } = await app.send(
      `/trpc/predictions.list?input=${encodeURIComponent('{"json":{"limit":"5"}}')}`,
    );
    expect(status).toBe(400);
  });
});

describe('every procedure with a REST path is a route', () => {
  test('each operation in the document finds a procedure', async () => {
    const { body } = await app.send('/api/openapi.json');
    const { paths } = body as { paths: Record<string, Record<string, Operation>> };
    for (const [template, operations] of Object.entries(paths)) {
      const path = `/api/v1${template.replace('{id}', 'penguins').replace('{version}', '1')}`;
      for (const [method, operation] of Object.entries(operations)) {
        const { examples } = operation.requestBody?.content['application/json'] ?? {};
        for (const { value } of Object.values(examples ?? { none: { value: undefined } })) {
          const answer = await (method === 'post' && operation.requestBody
            ? app.post(path, value)
            : app.send(path, { method: method.toUpperCase() }));
          const expected =
            isForAnonymous(operation) && (examples || !operation.requestBody) ? [200] : refusals;
          expect(expected, `${method} ${path}`).toContain(answer.status);
        }
      }
    }
  });
});

interface Operation {
  readonly security?: readonly object[];
  readonly requestBody?: {
    readonly content: Record<string, { readonly examples?: Record<string, { readonly value: unknown }> }>;
  };
}

/** What the procedure itself says: to an input that is none or no JSON, and to whoever may not call it. */
const refusals = [400, 401, 403, 415];

function isForAnonymous({ security = [] }: Operation): boolean {
  return security.some((alternative) => Object.keys(alternative).length === 0);
}
