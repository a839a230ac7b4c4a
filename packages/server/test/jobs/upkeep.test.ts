import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Job, scheduleSchema } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPrediction } from '../db/support/new-prediction.ts';
import { createKey, createUser } from '../support/identities.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { createMember, createPenguins, waitFor } from './support.ts';

const day = 24 * 3_600_000;
const ago = (days: number) => new Date(Date.now() - days * day);
/** As the server would have made it then. */
const idAt = (at: Date) =>
  `${at
    .getTime()
    .toString(16)
    .padStart(12, '0')
    .replace(/^(.{8})/, '$1-')}-7000-8000-${randomUUID().slice(-12)}`;

let app: TestApp;
let member: Awaited<ReturnType<typeof createMember>>;
let datasetId: string;
beforeAll(async () => {
  app = await startTestApp({ ORIEL_OUTBOUND_PRIVATE: 'on', ORIEL_RESULTS_DAYS: '10' });
  member = await createMember(app);
  datasetId = await createPenguins(member.client, 20);
});
afterAll(() => app.close());

describe('a webhook', () => {
  test('is called when the job has ended, and can be checked; its secret is nowhere to be read', async () => {
    const secret = randomUUID();
    await using receiver = await startReceiver();
    const { id } = await member.client.jobs.predictDataset.mutate({
      datasetId,
      model: 'penguins',
      webhook: { url: receiver.url, secret },
    });
    const { signature, body } = await receiver.called;
    const [, time = '', mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    expect(mac).toBe(createHmac('sha256', secret).update(`${time}.${body}`).digest('hex'));
    expect(Math.abs(Date.now() / 1000 - Number(time))).toBeLessThan(600);
    const told = JSON.parse(body) as { type: string; job: Job };
    expect(told.type).toBe('job.succeeded');
    expect(told.job).toEqual(await member.client.jobs.get.query({ id }));

    const { prisma } = app.app.database;
    const row = await prisma.job.findUniqueOrThrow({ where: { id }, include: { events: true } });
    expect(row.webhookSecret).not.toBeNull();
    expect(
      JSON.stringify(row, (_key, value) => (typeof value === 'bigint' ? Number(value) : value)),
    ).not.toContain(secret);
  });
});

test('a webhook is answered by any 2xx, however much comes with it', async () => {
  const server = createServer((_request, response) =>
    response.writeHead(200, { 'content-length': '1000000000' }).write('x'),
  );
  await using _closing = { [Symbol.asyncDispose]: async () => server.closeAllConnections() };
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { id } = await member.client.jobs.predictDataset.mutate({
    datasetId,
    model: 'penguins',
    webhook: { url },
  });
  const { prisma } = app.app.database;
  const stateOf = async () => {
    const rows: { state: string }[] = await prisma.$queryRaw`
      SELECT state::text FROM pgboss.job WHERE name = 'webhooks' AND data->>'jobId' = ${id}`;
    return rows.map(({ state }) => state);
  };
  await expect.poll(stateOf, { timeout: 30_000 }).toEqual(['completed']);
});

test('a webhook that is not answered keeps nobody else’s waiting', async () => {
  const silent = createServer();
  await using _closing = { [Symbol.asyncDispose]: async () => silent.closeAllConnections() };
  const asked = once(silent, 'request') as Promise<[IncomingMessage, ServerResponse]>;
  silent.listen(0, '127.0.0.1').unref();
  await once(silent, 'listening');
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  await member.client.jobs.predictDataset.mutate({ datasetId, model: 'penguins', webhook: { url } });
  const [, unanswered] = await asked;

  await using receiver = await startReceiver();
  const other = await createMember(app);
  await other.client.jobs.predictDataset.mutate({
    datasetId: await createPenguins(other.client, 3),
    model: 'penguins',
    webhook: { url: receiver.url },
  });
  await receiver.called;
  // still waited for
  expect(unanswered.destroyed).toBe(false);
});

test.each(['ftp://example.com/hook', 'javascript:alert(1)', 'https://me:secret@example.com/hook'])(
  'a webhook that would never be called is refused: %s',
  async (url) => {
    const job = { datasetId, model: 'penguins', webhook: { url } };
    const refused = (...path: string[]) => ({
      status: 400,
      body: { code: 'URL_REFUSED', issues: [{ path: [...path, 'webhook', 'url'], rule: 'url' }] },
    });
    const asked = await app.post('/api/v1/jobs/predict-dataset', job, member.headers);
    expect(asked).toMatchObject(refused());
    const schedule = { cron: '0 3 * * 1', job };
    expect(await app.post('/api/v1/job-schedules', schedule, member.headers)).toMatchObject(refused('job'));
  },
);

async function startReceiver() {
  const server = createServer();
  const called = once(server, 'request').then(async ([request, response]) => {
    const body = await text(request);
    response.writeHead(204).end();
    return { body, signature: String(request.headers['oriel-signature']) };
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    called,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('a schedule', () => {
  const create = (input: object, headers: Record<string, string> = member.headers) =>
    app.post(
      '/api/v1/job-schedules',
      { cron: '0 3 * * 1', job: { datasetId, model: 'penguins' }, ...input },
      headers,
    );

  /** Made a while ago: times before that are none of its own. */
  const createdAgo = async (days: number, input: object, headers?: Record<string, string>) => {
    const { status, body } = await create(input, headers);
    expect(status).toBe(200);
    const { id } = scheduleSchema.parse(body);
    await app.app.database.prisma.jobSchedule.update({ where: { id }, data: { createdAt: ago(days) } });
    return id;
  };

  test('has no run for a time before it was made, at which the queue looks too', async () => {
    const { body } = await create({});
    const { id: scheduleId } = scheduleSchema.parse(body);
    const made = () => app.app.database.prisma.job.count({ where: { owner: member.owner } });
    const before = await made();
    await app.app.services.schedules.run({ scheduleId }, 'a minute ago');
    expect(await made()).toBe(before);
    await member.client.jobs.schedules.delete.mutate({ id: scheduleId });
  });

  test('makes one job for each time, as its owner', async () => {
    const secret = randomUUID();
    const job = { datasetId, model: 'penguins', webhook: { url: 'http://127.0.0.1:9/hook', secret } };
    const { status, body } = await create({ timeZone: 'Europe/Berlin', job });
    expect(status).toBe(200);
    expect(body).toMatchObject({ cron: '0 3 * * 1', timeZone: 'Europe/Berlin', lastRunAt: null });
    expect(JSON.stringify(body)).not.toContain(secret);
    const { id: scheduleId } = scheduleSchema.parse(body);
    const data = { createdAt: ago(8) };
    await app.app.database.prisma.jobSchedule.update({ where: { id: scheduleId }, data });

    const { schedules } = app.app.services;
    const before = (await member.client.jobs.list.query({ kind: 'dataset.predict' })).items.length;
    await schedules.run({ scheduleId }, 'monday');
    await schedules.run({ scheduleId }, 'monday');
    await schedules.run({ scheduleId }, 'another monday');
    const { items } = await member.client.jobs.list.query({ kind: 'dataset.predict' });
    expect(items).toHaveLength(before + 2);
    for (const { id } of items) await waitFor(member.client, id);

    const listed = await member.client.jobs.schedules.list.query();
    expect(listed.items).toMatchObject([{ id: scheduleId, lastRunAt: expect.any(String) }]);
    expect(JSON.stringify(listed)).not.toContain(secret);

    const userId = member.owner.slice('user:'.length);
    const disable = (disabledAt: Date | null) =>
      app.app.database.prisma.user.update({ where: { id: userId }, data: { disabledAt } });
    await disable(new Date());
    await schedules.run({ scheduleId }, 'a monday without an owner');
    await disable(null);
    // the key may have been looked up meanwhile, and what was found is believed for a moment
    const { headers } = member;
    const isKnown = async () => (await app.send('/api/v1/job-schedules', { headers })).status === 200;
    await expect.poll(isKnown).toBe(true);
    expect((await member.client.jobs.list.query({ kind: 'dataset.predict' })).items).toHaveLength(before + 2);

    await member.client.jobs.schedules.delete.mutate({ id: scheduleId });
    await schedules.run({ scheduleId }, 'too late');
    expect((await member.client.jobs.list.query({ kind: 'dataset.predict' })).items).toHaveLength(before + 2);
    expect((await member.client.jobs.schedules.list.query()).items).toEqual([]);
  });

  test('runs with what its owner may read at that time', async () => {
    const user = await createUser(app, 'admin');
    const scopes = ['jobs:read', 'jobs:write', 'admin'] as const;
    const admin = await createKey(app, user, { scopes: [...scopes] });
    // an admin reads what is somebody else's
    const scheduleId = await createdAgo(8, {}, admin.headers);
    const made = () =>
      app.app.database.prisma.job.count({ where: { owner: `user:${user.id}`, kind: 'dataset.predict' } });
    await app.app.services.schedules.run({ scheduleId }, 'as an admin');
    expect(await made()).toBe(1);

    await app.app.database.prisma.user.update({ where: { id: user.id }, data: { role: 'member' } });
    await app.app.services.schedules.run({ scheduleId }, 'as a member');
    expect(await made()).toBe(1);
  });

  test('makes its job also when a process died while it did so', async () => {
    const scheduleId = await createdAgo(8, {});
    const { idempotencyKey, job } = app.app.database.prisma;
    const run = () => app.app.services.schedules.run({ scheduleId }, 'the dead process');
    const made = () => job.count({ where: { owner: member.owner, kind: 'dataset.predict' } });
    await run();
    const before = await made();
    // as it is when the process died just before the job was there
    const died = (seenAt: Date) =>
      idempotencyKey.updateMany({
        where: { key: 'schedule the dead process' },
        data: { resultId: null, seenAt },
      });
    await died(new Date());
    // the queue begins again what throws
    await expect(run()).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_IN_FLIGHT' });
    await died(new Date(Date.now() - 60_000));
    await run();
    expect(await made()).toBe(before + 1);
  });

  test('is one of fifty that a person may have, however many are asked for at once', async () => {
    const busy = await createMember(app);
    const job = { datasetId: await createPenguins(busy.client, 2), model: 'penguins' };
    const answers = await Promise.all(Array.from({ length: 55 }, () => create({ job }, busy.headers)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(50);
    for (const { status, body } of answers)
      if (status !== 200) expect(body).toMatchObject({ status: 409, code: 'CONFLICT' });
    const { items } = await busy.client.jobs.schedules.list.query();
    expect(items).toHaveLength(50);
    for (const { id } of items) await busy.client.jobs.schedules.delete.mutate({ id });
  });

  test.each([
    ['six fields', { cron: '* * * * * *' }, 400],
    ['a time that is any', { cron: 'H 3 * * *' }, 400],
    ['no such month', { cron: '0 0 1 13 *' }, 400],
    ['a rule of another kind', { cron: 'FREQ=DAILY;BYHOUR=3' }, 400],
    ['no such time zone', { timeZone: 'Mars/Olympus' }, 400],
    ['no time zone at all', { timeZone: '' }, 400],
    ['the time zone of whichever server makes it', { timeZone: 'local' }, 400],
    ['no such model', { job: { datasetId: '', model: 'unicorns' } }, 404],
    ['no such version of the model', { job: { datasetId: '', model: 'penguins', modelVersion: '9' } }, 404],
  ])('is refused with %s', async (_what, input, status) => {
    const job = 'job' in input ? { job: { ...input.job, datasetId } } : {};
    expect((await create({ ...input, ...job })).status).toBe(status);
  });
});

describe('what has had its time', () => {
  test('is removed, and nothing else is', async () => {
    const { prisma } = app.app.database;
    const predictions = [31, 29].map((days) => newPrediction({ id: idAt(ago(days)), createdAt: ago(days) }));
    await prisma.prediction.createMany({ data: predictions });
    const key = { owner: 'x', operation: 'y', inputHash: 'z', resultId: null };
    await prisma.idempotencyKey.createMany({
      data: [0, 2].map((days) => ({ ...key, key: `${days}`, createdAt: ago(days), seenAt: ago(days) })),
    });
    const finish = async (days: number) => {
      const { id } = await member.client.jobs.predictDataset.mutate({ datasetId, model: 'penguins' });
      await waitFor(member.client, id);
      await prisma.job.update({ where: { id }, data: { finishedAt: ago(days) } });
      return id;
    };
    const [recent, old, older] = [await finish(1), await finish(8), await finish(11)];
    const deleted = await createPenguins(member.client, 2);
    await prisma.dataset.update({ where: { id: deleted }, data: { deletedAt: ago(8) } });

    await app.app.retention.run();

    const kept = await prisma.prediction.findMany({ where: { id: { in: predictions.map(({ id }) => id) } } });
    expect(kept.map(({ id }) => id)).toEqual([predictions[1]?.id]);
    expect((await prisma.idempotencyKey.findMany({ where: { owner: 'x' } })).map(({ key }) => key)).toEqual([
      '0',
    ]);
    const eventsOf = (jobId: string) => prisma.jobEvent.count({ where: { jobId } });
    expect(await eventsOf(recent)).toBeGreaterThan(0);
    expect([await eventsOf(old), await eventsOf(older)]).toEqual([0, 0]);
    expect(await prisma.dataset.count({ where: { id: deleted } })).toBe(0);

    const resultsOf = async (id: string) => (await member.client.jobs.get.query({ id })).resultsId;
    expect([await resultsOf(recent), await resultsOf(old), await resultsOf(older)]).toEqual([
      recent,
      old,
      null,
    ]);
    await expect(member.client.datasets.get.query({ id: older })).rejects.toThrow('There is no dataset');
    // whoever watches late is still told how it ended
    const { text } = await app.send(`/api/v1/jobs/${old}/events`, {
      headers: { ...member.headers, 'last-event-id': '1' },
    });
    expect(text).toContain('"state":"succeeded"');
    // and what it scored cannot be taken over any more
    await prisma.job.update({ where: { id: old }, data: { rowsFailed: 1 } });
    await expect(member.client.jobs.retryFailed.mutate({ id: old })).rejects.toThrow('no longer kept');
    // the rows of a dataset that is still there can be read
    expect((await member.client.datasets.rows.query({ id: recent })).rows).toHaveLength(20);
  });

  test('what grows with every sign-in and every day of a key is removed as well', async () => {
    const { prisma } = app.app.database;
    const events = [ago(364), ago(366)].map((at) => ({
      id: idAt(at),
      at,
      action: 'key.created',
      actor: 'system',
      detail: {},
    }));
    await prisma.auditEvent.createMany({ data: events });
    const { key } = await createKey(app, await createUser(app), { requestsPerDayMax: 5 });
    const keyId = key.id;
    await prisma.quotaUsage.createMany({
      data: [1, 40].map((days) => ({ keyId, day: ago(days), requests: 1, computeMs: 0 })),
    });

    await app.app.retention.run();

    const kept = await prisma.auditEvent.findMany({ where: { id: { in: events.map(({ id }) => id) } } });
    expect(kept.map(({ id }) => id)).toEqual([events[0]?.id]);
    expect(await prisma.quotaUsage.count({ where: { keyId } })).toBe(1);
  });

  test('is kept while a job that runs reads it', async () => {
    const { prisma } = app.app.database;
    const deleted = await createPenguins(member.client, 2);
    const { id } = await member.client.jobs.predictDataset.mutate({ datasetId: deleted, model: 'penguins' });
    await waitFor(member.client, id);
    await prisma.dataset.update({ where: { id: deleted }, data: { deletedAt: ago(8) } });
    // as it was for hours
    await prisma.job.update({ where: { id }, data: { state: 'running' } });
    await app.app.retention.run();
    expect(await prisma.dataset.count({ where: { id: deleted } })).toBe(1);
    await prisma.job.update({ where: { id }, data: { state: 'succeeded' } });
    await app.app.retention.run();
    expect(await prisma.dataset.count({ where: { id: deleted } })).toBe(0);
  });
});
