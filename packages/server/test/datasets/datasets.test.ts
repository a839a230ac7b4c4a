import { randomUUID } from 'node:crypto';
import type { Problem } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import {
  asDataset,
  asProblem,
  createDatasetUser,
  type DatasetUser,
  newKey,
  uploadCsv,
} from './support/datasets.ts';

const birds = 'island,length,weighed\nDream,39.5,true\nBiscoe,,false\nTorgersen,41.25,true\n';

let app: TestApp;
let ada: DatasetUser;
let bob: DatasetUser;
beforeAll(async () => {
  app = await startTestApp();
  ada = await createDatasetUser(app);
  bob = await createDatasetUser(app);
});
afterAll(() => app.close());

describe('a dataset of a CSV', () => {
  test('is ready with its columns, rows and profile', async () => {
    const dataset = await uploadCsv(ada, birds, {
      name: 'Birds',
      tags: 'field, 2026',
      description: 'Three.',
    });
    expect(dataset).toMatchObject({
      name: 'Birds',
      description: 'Three.',
      tags: ['field', '2026'],
      origin: 'upload',
      isMine: true,
      deletedAt: null,
      latest: {
        version: 1,
        state: 'ready',
        format: 'csv',
        rows: 3,
        sizeBytes: birds.length,
        changes: null,
        error: null,
        columns: [
          { name: 'island', type: 'text' },
          { name: 'length', type: 'number' },
          { name: 'weighed', type: 'boolean' },
        ],
      },
    });
    expect(await ada.client.datasets.get.query({ id: dataset.id })).toEqual(dataset);
    const profile = await ada.client.datasets.profile.query({ id: dataset.id });
    expect(profile).toMatchObject({ version: 1, rows: 3 });
    expect(profile.columns[1]).toMatchObject({ name: 'length', nulls: 1, min: 39.5, max: 41.25 });
    expect(profile.preview[1]).toEqual({ island: 'Biscoe', length: null, weighed: false });
  });

  test('gives its rows: filtered and sorted by POST, page by page by GET', async () => {
    const { id } = await uploadCsv(ada, birds);
    const page = await ada.client.datasets.rows.query({
      id,
      columns: ['island'],
      filter: { and: [{ column: 'weighed', op: 'eq', value: true }] },
      sort: [{ column: 'length', order: 'desc' }],
    });
    expect(page).toEqual({
      columns: [{ name: 'island', type: 'text' }],
      rows: [{ island: 'Torgersen' }, { island: 'Dream' }],
      nextCursor: null,
    });
    const first = await ada.get(`/api/v1/datasets/${id}/rows?limit=2`);
    const { rows, nextCursor } = first.body as { rows: unknown[]; nextCursor: string };
    expect(rows).toHaveLength(2);
    const second = await ada.get(`/api/v1/datasets/${id}/rows?limit=2&cursor=${nextCursor}`);
    expect(second.body).toMatchObject({ rows: [{ island: 'Torgersen' }], nextCursor: null });
  });

  test('refuses filters that do not fit, and says where', async () => {
    const { id } = await uploadCsv(ada, birds);
    const { status, body } = await ada.post(`/api/v1/datasets/${id}/rows`, {
      filter: { or: [{ column: 'length', op: 'eq', value: 'long' }] },
    });
    expect([status, (body as Problem).code]).toEqual([400, 'INPUT_INVALID']);
    expect((body as Problem).issues?.[0]?.path).toEqual(expect.arrayContaining(['filter', 'or', 0]));
    const misnamed = await ada.post(`/api/v1/datasets/${id}/rows`, {
      filter: { and: [{ column: 'island', op: 'in', value: ['Dream'] }] },
    });
    expect(misnamed.status).toBe(400);
    expect((misnamed.body as Problem).detail).toContain(
      'filter.and[0].values: Invalid input: expected array',
    );
    const unknown = await ada.post(`/api/v1/datasets/${id}/rows`, { columns: ['"; DROP TABLE dataset; --'] });
    expect(unknown.status).toBe(400);
  });

  test('is found by name and tag, newest first, page by page', async () => {
    const tag = randomUUID();
    const ids: string[] = [];
    for (const name of ['alpha', 'beta', 'ALPHABET', '50 %_\\'])
      ids.unshift((await uploadCsv(ada, birds, { name, tags: tag })).id);
    const list = async (query: object) =>
      (await ada.client.datasets.list.query({ tag, ...query })).items.map(({ id }) => id);
    expect(await list({})).toEqual(ids);
    expect(await list({ text: 'alpha' })).toEqual([ids[1], ids[3]]);
    // as they stand, though SQL has a meaning for each
    for (const text of ['%', '_', '\\', '%_\\']) expect(await list({ text })).toEqual([ids[0]]);
    const first = await ada.client.datasets.list.query({ tag, limit: 2 });
    expect(first.nextCursor).toBe(ids[1]);
    expect(await list({ limit: 2, cursor: first.nextCursor })).toEqual([ids[2], ids[3]]);
  });

  test('is renamed, described and tagged; what is left out stays', async () => {
    const { id } = await uploadCsv(ada, birds, { name: 'before', tags: 'a' });
    await ada.client.datasets.update.mutate({ id, name: 'after' });
    expect(await ada.client.datasets.get.query({ id })).toMatchObject({ name: 'after', tags: ['a'] });
    const answer = await app.send(`/api/v1/datasets/${id}`, {
      method: 'PATCH',
      body: JSON.stringify({ description: 'new', tags: ['field', '2026', 'field'] }),
      headers: { 'content-type': 'application/json', ...ada.headers },
    });
    expect(answer.body).toMatchObject({ name: 'after', description: 'new', tags: ['field', '2026'] });
  });

  test('that is deleted is gone for all until it is restored', async () => {
    const { id } = await uploadCsv(ada, birds);
    await ada.client.datasets.share.mutate({ id, email: bob.email });
    await ada.client.datasets.delete.mutate({ id });
    for (const { get } of [ada, bob]) {
      expect((await get(`/api/v1/datasets/${id}`)).status).toBe(404);
      expect((await get(`/api/v1/datasets/${id}/rows`)).status).toBe(404);
      expect((await get(`/api/v1/datasets/${id}/export`)).status).toBe(404);
    }
    const deleted = await ada.client.datasets.list.query({ deleted: true });
    expect(deleted.items.find((dataset) => dataset.id === id)?.deletedAt).not.toBeNull();
    expect((await bob.client.datasets.list.query({ deleted: true })).items).toEqual([]);
    await expect(bob.client.datasets.restore.mutate({ id })).rejects.toThrow('no deleted dataset');
    expect(await ada.client.datasets.restore.mutate({ id })).toMatchObject({ id, deletedAt: null });
    expect((await bob.get(`/api/v1/datasets/${id}/rows`)).status).toBe(200);
    const events = await app.app.services.audit.list({ limit: 50, actor: `key:${keyIdOf(ada)}` });
    const actions = events.items
      .filter(({ target }) => target === `dataset:${id}`)
      .map(({ action }) => action);
    expect(actions).toEqual(['dataset.restored', 'dataset.deleted', 'dataset.shared']);
  });

  test('is gone for good when the grace period is over', async () => {
    const { id } = await uploadCsv(ada, birds);
    await ada.client.datasets.delete.mutate({ id });
    const deletedAt = new Date(Date.now() - 8 * 24 * 3_600_000);
    await app.app.database.prisma.dataset.update({ where: { id }, data: { deletedAt } });
    await expect(ada.client.datasets.restore.mutate({ id })).rejects.toThrow('no deleted dataset');
    expect(await app.app.services.datasets.purgeDeleted()).toBeGreaterThan(0);
    expect(await app.app.database.prisma.datasetVersion.count({ where: { datasetId: id } })).toBe(0);
  });
});

describe('a new version', () => {
  test('of the same dataset tells how its columns differ; the versions before stay', async () => {
    const { id } = await uploadCsv(ada, birds);
    const second = await uploadCsv(ada, 'island,length,sex\nDream,long,male\n', { datasetId: id });
    expect(second.id).toBe(id);
    expect(second.latest).toMatchObject({
      version: 2,
      rows: 1,
      changes: {
        added: [{ name: 'sex', type: 'text' }],
        removed: [{ name: 'weighed', type: 'boolean' }],
        retyped: [{ name: 'length', from: 'number', to: 'text' }],
      },
    });
    const { items } = await ada.client.datasets.versions.query({ id });
    expect(items.map(({ version, rows }) => [version, rows])).toEqual([
      [2, 1],
      [1, 3],
    ]);
    expect((await ada.client.datasets.rows.query({ id, version: 1 })).rows).toHaveLength(3);
    expect((await ada.client.datasets.rows.query({ id })).rows).toHaveLength(1);
    await expect(ada.client.datasets.rows.query({ id, version: 3 })).rejects.toThrow('has no version 3');
    for (const path of ['rows', 'profile', 'export'])
      expect((await ada.get(`/api/v1/datasets/${id}/${path}?version=2147483648`)).status).toBe(400);
  });

  test('that cannot be read leaves the one before in use, and says why', async () => {
    const { id } = await uploadCsv(ada, birds);
    const { status, body } = await ada.upload('a,b\n1,2\n3\n', { datasetId: id }, { prefer: 'wait=30' });
    expect(status).toBe(201);
    const { latest } = asDataset(body);
    expect(latest).toMatchObject({
      version: 2,
      state: 'failed',
      error: { code: 'DATASET_UNREADABLE' },
      rows: null,
    });
    expect(latest.error?.message).toContain('3');
    expect((await ada.client.datasets.rows.query({ id })).rows).toHaveLength(3);
    const refused = await ada.get(`/api/v1/datasets/${id}/rows?version=2`);
    expect([refused.status, (refused.body as Problem).code]).toEqual([409, 'DATASET_NOT_READY']);
    expect((refused.body as Problem).detail).toContain('could not be read');
  });

  test('two at once get numbers of their own, and each is told of its own', async () => {
    const { id } = await uploadCsv(ada, birds);
    const both = await Promise.all([
      ada.upload('a\n1\n', { datasetId: id }),
      ada.upload('a\n1\n2\n', { datasetId: id }),
    ]);
    expect(both.map(({ status, body }) => [status, asDataset(body).id])).toEqual([
      [201, id],
      [201, id],
    ]);
    const { items } = await ada.client.datasets.versions.query({ id });
    expect(items.map(({ version }) => version)).toEqual([3, 2, 1]);
    // the files differ in size
    for (const { version, sizeBytes } of both.map(({ body }) => asDataset(body).latest))
      expect(items.find((item) => item.version === version)?.sizeBytes).toBe(sizeBytes);
    expect(both.map(({ body }) => asDataset(body).latest.sizeBytes)).toEqual([4, 6]);
  });

  test('that is sent again with its key is told of as the first time, whatever has come since', async () => {
    const { id } = await uploadCsv(ada, birds);
    const headers = { prefer: 'wait=30', 'idempotency-key': newKey() };
    const send = async () => asDataset((await ada.upload('a\n1\n', { datasetId: id }, headers)).body);
    const create = { rows: [{ a: 1 }, { a: 2 }], datasetId: id, idempotencyKey: newKey() };
    expect((await send()).latest).toMatchObject({ version: 2, sizeBytes: 4 });
    expect((await ada.client.datasets.create.mutate(create)).latest.version).toBe(3);
    await uploadCsv(ada, birds, { datasetId: id });
    expect((await send()).latest).toMatchObject({ version: 2, sizeBytes: 4 });
    expect((await ada.client.datasets.create.mutate(create)).latest.version).toBe(3);
    expect((await ada.client.datasets.get.query({ id })).latest.version).toBe(4);
  });
});

describe('a dataset of somebody else', () => {
  test('is not there; shared, it is read and never written', async () => {
    const bob = await createDatasetUser(app);
    const { id } = await uploadCsv(ada, birds);
    const write = {
      update: () => bob.client.datasets.update.mutate({ id, name: 'mine' }),
      delete: () => bob.client.datasets.delete.mutate({ id }),
      version: () => bob.client.datasets.create.mutate({ rows: [{ a: 1 }], datasetId: id }),
      share: () => bob.client.datasets.share.mutate({ id, email: bob.email }),
      unshare: () => bob.client.datasets.unshare.mutate({ id, userId: bob.user.id }),
      shares: () => bob.client.datasets.shares.query({ id }),
    };
    const read = {
      get: () => bob.client.datasets.get.query({ id }),
      versions: () => bob.client.datasets.versions.query({ id }),
      profile: () => bob.client.datasets.profile.query({ id }),
      rows: () => bob.client.datasets.rows.query({ id }),
      firstRows: () => bob.client.datasets.firstRows.query({ id }),
      mapping: () => bob.client.datasets.mapping.query({ id, model: 'penguins' }),
    };
    for (const call of Object.values({ ...write, ...read }))
      await expect(call()).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } });
    expect((await bob.upload('a\n1\n', { datasetId: id })).status).toBe(404);

    const shares = await ada.client.datasets.share.mutate({ id, email: bob.email.toUpperCase() });
    expect(shares.items).toEqual([
      { userId: bob.user.id, name: bob.user.name, email: bob.email, createdAt: expect.any(String) },
    ]);
    for (const call of Object.values(read)) await call();
    expect(await read.get()).toMatchObject({ id, isMine: false });
    expect((await bob.client.datasets.list.query({})).items.map((dataset) => dataset.id)).toEqual([id]);
    expect((await bob.get(`/api/v1/datasets/${id}/export`)).status).toBe(200);
    for (const call of Object.values(write))
      await expect(call()).rejects.toMatchObject({ data: { code: 'FORBIDDEN' } });
    expect((await bob.upload('a\n1\n', { datasetId: id })).status).toBe(403);

    expect((await ada.client.datasets.unshare.mutate({ id, userId: bob.user.id })).items).toEqual([]);
    for (const call of Object.values(read))
      await expect(call()).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } });
  });

  test('is left by whom it is shared with, and by nobody else', async () => {
    const [bob, eve] = [await createDatasetUser(app), await createDatasetUser(app)];
    const { id } = await uploadCsv(ada, birds);
    for (const { email } of [bob, eve]) await ada.client.datasets.share.mutate({ id, email });
    const leave = (user: DatasetUser) => user.post(`/api/v1/datasets/${id}/leave`, {});

    expect(await bob.client.datasets.leave.mutate({ id })).toMatchObject({ id, isMine: false });
    expect((await bob.get(`/api/v1/datasets/${id}`)).status).toBe(404);
    expect((await bob.client.datasets.list.query({})).items).toEqual([]);
    expect((await leave(bob)).status).toBe(404);
    const { items } = await ada.client.datasets.shares.query({ id });
    expect(items.map(({ userId }) => userId)).toEqual([eve.user.id]);

    const own = await leave(ada);
    expect([own.status, asProblem(own.body).code]).toEqual([409, 'CONFLICT']);
    // an admin may read it all the same, and so has nothing to leave
    const admin = await createDatasetUser(app, 'admin');
    expect(await leave(admin)).toMatchObject({
      status: 404,
      body: { detail: `The dataset "${id}" is not shared with you.` },
    });
    expect((await leave(eve)).status).toBe(200);
    expect((await ada.client.datasets.rows.query({ id })).rows).toHaveLength(3);
    const told = await app.app.services.audit.list({ limit: 50, actor: `key:${keyIdOf(eve)}` });
    expect(told.items[0]).toMatchObject({
      action: 'dataset.unshared',
      target: `dataset:${id}`,
      detail: { with: `user:${eve.user.id}` },
    });
    await ada.client.datasets.share.mutate({ id, email: bob.email });
    expect((await bob.get(`/api/v1/datasets/${id}`)).status).toBe(200);
  });

  test('is shared with people who are there, and not with oneself', async () => {
    const { id } = await uploadCsv(ada, birds);
    const share = (email: string) => ada.client.datasets.share.mutate({ id, email });
    await expect(share('nobody@example.com')).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } });
    await expect(share(ada.email)).rejects.toMatchObject({ data: { code: 'CONFLICT' } });
    await share(bob.email);
    expect((await share(bob.email)).items).toHaveLength(1);
  });
});

function keyIdOf({ headers }: DatasetUser): string {
  return headers.authorization.split('_')[1] ?? '';
}
