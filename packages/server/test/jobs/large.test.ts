import { expect, onTestFinished, test } from 'vitest';
import { startTestApp } from '../support/test-app.ts';
import { createMember, penguinRows, waitFor } from './support.ts';

const count = 130_000;

test('the results of many rows stand beside the rows that they were made of', async () => {
  const app = await startTestApp();
  onTestFinished(() => app.close());
  const { client } = await createMember(app);
  const rows = penguinRows(count, { hasFaults: true });
  const csv = [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))].join('\n');
  const { id: datasetId } = await client.datasets.upload(new Blob([csv]), { name: 'many.csv' });
  const job = await client.jobs.predictDataset.mutate({ datasetId, model: 'penguins' });
  const { resultsId, progress } = await waitFor(client, job.id);
  const rowsFailed = Math.floor(count / 7);
  expect(progress).toMatchObject({ rowsDone: count, rowsFailed });

  const id = resultsId ?? '';
  const { latest } = await client.datasets.get.query({ id });
  expect(latest.rows).toBe(count);
  const { columns } = await client.datasets.profile.query({ id });
  expect(columns.find(({ name }) => name === 'error_code')?.topValues).toEqual([
    { value: 'INPUT_INVALID', count: rowsFailed },
  ]);
  for (const from of [0, 20_470, 61_430, count - 20]) {
    const page = await client.datasets.rows.query({
      id,
      filter: { column: 'number', op: 'gte', value: from },
      limit: 20,
    });
    const asked = rows.slice(from, from + 20);
    expect(page.rows).toMatchObject(asked);
    const valid = asked.filter(({ bodyMassG }) => bodyMassG > 3);
    const { results } = await client.models.penguins.predictMany.mutate({
      inputs: valid.map(({ number: _number, ...input }) => input),
    });
    expect(page.rows.filter(({ species }) => species !== null).map(({ species }) => species)).toEqual(
      results.map((result) => (result.ok ? result.output.species : result.error)),
    );
  }
}, 60_000);
