import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '../../src/auth/audit/service.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { asDataset, asProblem, createDatasetUser, type DatasetUser, untilEnded } from './support/datasets.ts';

let app: TestApp;
let ada: DatasetUser;
beforeAll(async () => {
  app = await startTestApp({ ORIEL_JOBS_PER_USER_MAX: '2' }, { areJobsDone: false });
  ada = await createDatasetUser(app);
});
afterAll(() => app.close());

// a server that does no jobs: what is to be read waits
describe('a dataset that is not read yet', () => {
  test('is not ready, says so, and is failed once its job is cancelled', async () => {
    const { body } = await ada.upload('a\n1\n', {}, { prefer: 'wait=1' });
    const { id, latest } = asDataset(body);
    expect(latest).toMatchObject({ state: 'importing', rows: null });
    for (const path of ['rows', 'profile', 'export', 'mapping?model=penguins']) {
      const { status, headers, body } = await ada.get(`/api/v1/datasets/${id}/${path}`);
      expect([path, status, asProblem(body).code]).toEqual([path, 409, 'DATASET_NOT_READY']);
      expect(headers.get('retry-after')).toBe('1');
    }
    const { items } = await ada.client.jobs.list.query({ datasetId: id });
    expect(items).toMatchObject([{ kind: 'dataset.import', state: 'queued', title: 'Read rows.csv' }]);
    await ada.client.jobs.cancel.mutate({ id: items[0]?.id ?? '' });
    await untilEnded(ada, items[0]?.id ?? '');
    expect((await ada.client.datasets.get.query({ id })).latest).toMatchObject({
      state: 'failed',
      error: { code: 'REQUEST_CANCELLED' },
    });
  });

  test('is one of few that may wait; one more leaves nothing', async () => {
    const bob = await createDatasetUser(app);
    for (const status of [201, 201, 429]) {
      const answer = await bob.upload('a\n1\n', {}, { prefer: 'wait=0' });
      expect(answer.status).toBe(status);
    }
    expect((await bob.client.datasets.list.query({})).items).toHaveLength(2);
  });
});

describe('the bytes of datasets', () => {
  test('are known to be in use as long as a dataset refers to them', async () => {
    const { services, database } = app.app;
    const eve = await createDatasetUser(app);
    const { body } = await eve.upload('a\n2\n', {}, { prefer: 'wait=0' });
    const { id, latest } = asDataset(body);
    expect(await services.datasets.isReferenced(latest.sourceSha256)).toBe(true);
    expect(await services.datasets.isReferenced('0'.repeat(64))).toBe(false);
    await services.datasets.delete(
      { ...systemActor, principal: { id: 'system', owner: 'system' }, reach: { kind: 'all' } },
      id,
    );
    expect(await services.datasets.isReferenced(latest.sourceSha256)).toBe(true);
    await database.prisma.dataset.update({ where: { id }, data: { deletedAt: new Date(0) } });
    await services.datasets.purgeDeleted();
    expect(await services.datasets.isReferenced(latest.sourceSha256)).toBe(false);
  });
});

describe('an admin', () => {
  test('sees and changes what is not its own', async () => {
    const admin = await createDatasetUser(app, 'admin');
    const eve = await createDatasetUser(app);
    const { body } = await eve.upload('a\n3\n', { name: 'Eve’s' }, { prefer: 'wait=0' });
    const { id } = asDataset(body);
    expect(await admin.client.datasets.get.query({ id })).toMatchObject({ name: 'Eve’s', isMine: false });
    expect(await admin.client.datasets.update.mutate({ id, name: 'Ours' })).toMatchObject({ name: 'Ours' });
    expect((await admin.client.datasets.list.query({ text: 'ours' })).items).toHaveLength(1);
  });
});

describe('an upload', () => {
  test('of any size takes little memory', async () => {
    const chunk = new Uint8Array(1_048_576).fill(0x61);
    const chunks = 150;
    let most = 0;
    let sent = 0;
    global.gc?.();
    const before = process.memoryUsage().rss;
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        most = Math.max(most, process.memoryUsage().rss);
        if (sent === chunks) controller.close();
        else {
          sent += 1;
          controller.enqueue(chunk);
        }
      },
    });
    // refused at its end, so that nobody reads it
    const headers = { 'x-content-sha256': '0'.repeat(64) };
    const { status, body } = await ada.upload(stream, {}, headers);
    expect([status, asProblem(body).code]).toEqual([400, 'UPLOAD_INCOMPLETE']);
    expect(sent).toBe(chunks);
    // sender and server in one process, and a collector that takes its time
    expect(most - before).toBeLessThan(80 * 1_048_576);
  });
});
