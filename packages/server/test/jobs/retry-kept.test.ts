import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createDataFolder } from '../db/support/embedded-folder.ts';
import { startTestApp } from '../support/test-app.ts';
import { createMember, createPenguins, waitFor } from './support.ts';

const day = 24 * 3_600_000;
/** Each seventh fails: there is one in each chunk, which is then read again, and in part scored again. */
const chunkRows = 7;
const rows = 300 * chunkRows;

test('what a job takes over stays until it has ended, however old it has become', async () => {
  const folder = await createDataFolder();
  const app = await startTestApp({ ORIEL_DATA_DIR: folder.path, ORIEL_JOB_CHUNK_ROWS: String(chunkRows) });
  onTestFinished(async () => {
    await app.close();
    await folder.remove();
  });
  const { client } = await createMember(app);
  const datasetId = await createPenguins(client, rows, { hasFaults: true });
  const { id } = await client.jobs.predictDataset.mutate({ datasetId, model: 'penguins' });
  await waitFor(client, id);
  const { prisma } = app.app.database;
  await prisma.job.update({ where: { id }, data: { finishedAt: new Date(Date.now() - 8 * day) } });
  const chunks = () => prisma.jobChunk.count({ where: { jobId: id } });
  const before = await chunks();

  const again = await client.jobs.retryFailed.mutate({ id });
  await client.jobs.pause.mutate({ id: again.id });
  await waitFor(client, again.id, ({ state }) => state === 'paused');
  await makeOld(join(folder.path, 'blobs'));
  await app.app.retention.run();
  expect(await chunks()).toBe(before);
  await client.jobs.resume.mutate({ id: again.id });
  expect(await waitFor(client, again.id)).toMatchObject({
    state: 'succeeded',
    progress: { rowsDone: rows, rowsFailed: rows / 7 },
  });

  await app.app.retention.run();
  expect(await chunks()).toBe(0);
});

/** As if they had been written two days ago. */
async function makeOld(folder: string): Promise<void> {
  const at = new Date(Date.now() - 2 * day);
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  // one that is gone meanwhile is none that matters
  for (const file of files.filter((each) => each.isFile()))
    await utimes(join(file.parentPath, file.name), at, at).catch(() => undefined);
}
