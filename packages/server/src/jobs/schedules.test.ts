import type { JobSchedule } from '@oriel/schemas';
import { expect, test } from 'vitest';
import { createSchedules } from './schedules.ts';

const schedule: JobSchedule = {
  id: '0191d1f0-0000-7000-8000-000000000001',
  cron: '0 3 * * 1',
  timeZone: 'UTC',
  job: {
    datasetId: '0191d1f0-0000-7000-8000-000000000002',
    model: 'penguins',
    keepColumns: true,
    priority: 0,
    webhook: { url: 'https://example.com/hook' },
  },
  createdAt: '2026-01-05T03:00:00.000Z',
  lastRunAt: null,
};

test('a schedule whose webhook was sealed under another secret says so in the log, and is tried again', async () => {
  const lines: object[] = [];
  const unused = () => Promise.reject(new Error('nothing asks for this'));
  const { run } = createSchedules({
    repository: {
      find: async () => ({ owner: 'user:1', schedule, webhookSecret: 'sealed under another' }),
      insert: unused,
      list: unused,
      markRun: unused,
      delete: unused,
    },
    queue: { schedule: unused, unschedule: unused, checkCron: () => undefined, nextTime: () => new Date(0) },
    datasetJobs: { prepare: unused, predictDataset: unused },
    findReach: async (owner) => ({ kind: 'own', owner }),
    checkWebhook: () => undefined,
    sealSecret: unused,
    openSecret: async () => null,
    logger: { warn: (fields) => lines.push(fields) },
  });
  await expect(run({ scheduleId: schedule.id }, 'monday')).rejects.toThrow('set ORIEL_SECRET');
  expect(lines).toEqual([
    {
      schedule: schedule.id,
      err: expect.objectContaining({ message: expect.stringContaining('set ORIEL_SECRET') }),
    },
  ]);
});
