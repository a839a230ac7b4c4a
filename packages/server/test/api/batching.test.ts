import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gentoo } from '../support/inputs.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ ORIEL_CACHE_ENTRIES_MAX: '0' });
});
afterAll(() => app.close());

const bird = (i: number) => ({ ...gentoo, bodyMassG: 3000 + (i % 2000), culmenLengthMm: 35 + (i % 25) });

/** The value of a sample of Prometheus' text format. */
async function metric(sample: string): Promise<number> {
  const { text } = await app.send('/metrics');
  const line = text.split('\n').find((each) => each.startsWith(sample));
  return Number(line?.split(' ').at(-1) ?? Number.NaN);
}

describe('under 64 concurrent callers', () => {
  test('batches form, and each answer is the one its input gets alone', async () => {
    const alone: Awaited<ReturnType<typeof app.client.models.penguins.predict.mutate>>[] = [];
    for (let i = 0; i < 128; i++) alone.push(await app.client.models.penguins.predict.mutate(bird(i)));
    expect(await metric('oriel_batch_size_bucket{le="1",model="penguins"}')).toBeGreaterThanOrEqual(128);
    const batchesBefore = await metric('oriel_batch_size_count{model="penguins"}');

    const together = await Promise.all(
      Array.from({ length: 64 }, async (_, caller) => {
        const answers = [];
        for (let i = caller * 2; i < caller * 2 + 2; i++) {
          const { body } = await app.post('/api/v1/models/penguins/predict', bird(i));
          answers.push((body as (typeof alone)[number]).output);
        }
        return answers;
      }),
    );

    const batches = (await metric('oriel_batch_size_count{model="penguins"}')) - batchesBefore;
    expect(batches).toBeLessThan(128);
    for (const [i, output] of together.flat().entries()) {
      expect(output.species).toBe(alone[i]?.output.species);
      for (const species of ['Adelie', 'Chinstrap', 'Gentoo'] as const) {
        expect(output.probabilities[species]).toBeCloseTo(
          alone[i]?.output.probabilities[species] ?? Number.NaN,
          5,
        );
      }
    }
  });

  test('one bad file among good ones fails alone', async () => {
    const inputs = Array.from({ length: 20 }, (_, i) => bird(i));
    const answers = await Promise.all([
      ...inputs.map((input) => app.post('/api/v1/models/penguins/predict', input)),
      app.post('/api/v1/models/digits/predict', { image: 'iVBORw0KGgo=' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([...Array(20).fill(200), 400]);
  });
});
