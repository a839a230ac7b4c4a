import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { createMember, createPenguins } from './support.ts';

let app: TestApp;
let member: Awaited<ReturnType<typeof createMember>>;
let datasetId: string;
beforeAll(async () => {
  // where webhooks may go to the public internet alone
  app = await startTestApp();
  member = await createMember(app);
  datasetId = await createPenguins(member.client, 5);
});
afterAll(() => app.close());

const jobWith = (url: string) => ({ datasetId, model: 'penguins' as const, webhook: { url } });
const ask = (path: string, body: object) => app.post(`/api/v1/${path}`, body, member.headers);
const countJobs = async () => (await member.client.jobs.list.query({})).items.length;

describe('a webhook that no server would call', () => {
  test.each([
    ['http://hooks.example.com:9000/', 'port 9000 is not asked; ports that are: 80, 443, 8080, 8443'],
    ['http://127.0.0.1/', 'its host has no public address'],
    ['http://0x7f.1/', 'its host has no public address'],
    ['http://169.254.169.254/latest/meta-data', 'its host has no public address'],
    ['https://[::1]/', 'its host has no public address'],
    ['https://[::ffff:10.0.0.1]/', 'its host has no public address'],
    ['https://localhost/', 'its host has no public address'],
    ['https://hooks.localhost./', 'its host has no public address'],
  ])('is refused by its field when the job or schedule is made: %s', async (url, reason) => {
    const before = await countJobs();
    const refused = (...path: string[]) => ({
      status: 400,
      body: {
        code: 'URL_REFUSED',
        issues: [{ path: [...path, 'url'], rule: 'url', message: `The URL cannot be used: ${reason}.` }],
      },
    });
    expect(await ask('jobs/predict-dataset', jobWith(url))).toMatchObject(refused('webhook'));
    expect(await ask('jobs/check-dataset', jobWith(url))).toMatchObject(refused('webhook'));
    const schedule = { cron: '0 3 * * 1', job: jobWith(url) };
    expect(await ask('job-schedules', schedule)).toMatchObject(refused('job', 'webhook'));
    expect(await countJobs()).toBe(before);
    expect((await member.client.jobs.schedules.list.query()).items).toEqual([]);
  });

  test('keeps no schedule from making its jobs that was there before the rule', async () => {
    const schedule = await member.client.jobs.schedules.create.mutate({
      cron: '0 3 * * 1',
      job: jobWith('https://hooks.example.com/'),
    });
    await app.app.database.prisma.jobSchedule.update({
      where: { id: schedule.id },
      data: {
        // a monday ago
        createdAt: new Date(Date.now() - 8 * 24 * 3_600_000),
        job: { ...schedule.job, ...jobWith('http://hooks.example.com:9000/'), webhookSecret: null },
      },
    });
    const before = await countJobs();
    await app.app.services.schedules.run({ scheduleId: schedule.id }, 'monday');
    expect(await countJobs()).toBe(before + 1);
  });
});

test('a webhook at a name is taken: what it stands for is found out when it is called', async () => {
  expect(await ask('jobs/check-dataset', jobWith('https://hooks.example.com:8443/'))).toMatchObject({
    status: 200,
  });
});
