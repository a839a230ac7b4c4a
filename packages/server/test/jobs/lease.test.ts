import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { createTransact } from '../../src/db/transaction.ts';
import { LeaseLostError } from '../../src/jobs/job-runner.ts';
import { createJobRepository } from '../../src/jobs/repository.ts';
import { startTestApp } from '../support/test-app.ts';
import { createMember } from './support.ts';

test('a chunk counts once, and only for the process that holds the job', async () => {
  const app = await startTestApp({}, { areJobsDone: false });
  onTestFinished(() => app.close());
  const { client } = await createMember(app);
  const { database } = app.app;
  const { insertChunks, listChunks } = createJobRepository(database);
  const transact = createTransact(database);
  const { latest, id: datasetId } = await client.datasets.create.mutate({ name: 'one', rows: [{ a: 1 }] });
  const [job] = await database.prisma.job.findMany({ where: { datasetId } });
  const jobId = job?.id ?? '';
  const lease = randomUUID();
  await database.prisma.job.update({ where: { id: jobId }, data: { lease, state: 'running' } });
  const chunk = (index: number) => ({ index, sha256: null, rows: 10, rowsFailed: 1 });
  const insert = (indexes: number[], holder: string) =>
    transact((tx) =>
      insertChunks(tx, { jobId, lease: holder, chunks: indexes.map(chunk), rowsPerSecond: 5 }),
    );

  expect(latest.state).toBe('importing');
  expect(await insert([0], lease)).toMatchObject({ job: { progress: { rowsDone: 10, rowsFailed: 1 } } });
  expect(await insert([0], lease), 'it was there').toBeNull();
  await expect(insert([1, 2], randomUUID())).rejects.toBeInstanceOf(LeaseLostError);
  expect(
    (await listChunks(jobId)).map(({ index }) => index),
    'nothing of it stays',
  ).toEqual([0]);
  expect(await insert([0, 1, 2], lease), 'one of them was there').toMatchObject({
    job: { progress: { rowsDone: 30, rowsFailed: 3 } },
  });
});
