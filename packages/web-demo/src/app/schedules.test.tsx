import type { JobSchedule } from '@oriel/schemas';
import { screen, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { api, serveModels } from '../../test/api.ts';
import { dataset } from '../../test/datasets.ts';
import { ada, nobody } from '../../test/people.ts';
import { findPanel, show } from '../../test/show.tsx';
import { App } from './app.tsx';

function open(hash: string) {
  serveModels();
  api.answer('auth.state', { ...nobody, user: ada });
  window.location.hash = hash;
  return show(<App />);
}

describe('schedules', () => {
  const nightly: JobSchedule = {
    id: '0193a1b2-0000-7000-8000-0000000000c1',
    cron: '0 6 * * *',
    timeZone: 'Europe/Berlin',
    job: {
      datasetId: dataset().id,
      model: 'penguins',
      keepColumns: true,
      priority: 0,
      webhook: { url: 'https://example.org/scored' },
    },
    createdAt: '2026-05-01T09:05:07.000Z',
    lastRunAt: null,
  };

  test('tell when they run, what is scored and who is told', async () => {
    api.answer('jobs.list', { items: [], nextCursor: null });
    api.answer('datasets.get', dataset());
    open('#/jobs');
    api.answer('jobs.schedules.list', {
      items: [nightly, { ...nightly, id: '0193a1b2-0000-7000-8000-0000000000c2', cron: '*/20 * * * *' }],
    });
    const panel = within(await findPanel('Your schedules'));
    expect(await panel.findAllByRole('link', { name: dataset().name })).toHaveLength(2);
    const rows = panel.getAllByRole('listitem');
    expect(rows.map((row) => row.textContent)).toEqual([
      expect.stringMatching(
        /^Every day at 06:00 \(Europe\/Berlin\)penguins scores Penguins of 2025 · tells https:\/\/example\.org\/scored · has not run yet/,
      ),
      expect.stringMatching(/^At \*\/20 \* \* \* \*/),
    ]);
  });

  test('are deleted only after asking', async () => {
    api.answer('jobs.list', { items: [], nextCursor: null });
    api.refuse('datasets.get', { code: 'NOT_FOUND' });
    const user = open('#/jobs');
    api.answer('jobs.schedules.list', { items: [nightly] });
    api.answer('jobs.schedules.delete', ({ id }) => {
      api.answer('jobs.schedules.list', { items: [] });
      return { id };
    });
    await user.click(await screen.findByRole('button', { name: 'Delete: Every day at 06:00' }));
    expect(await screen.findByText(/penguins scores a dataset that is gone/)).toBeVisible();
    expect(api.inputsOf('jobs.schedules.delete')).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Yes, delete' }));
    expect(await within(await findPanel('Your schedules')).findByText(/There is none\./)).toBeVisible();
    expect(api.inputsOf('jobs.schedules.delete')).toEqual([{ id: nightly.id }]);
  });

  test('are made at a usual time or at one of one’s own, and tell another program', async () => {
    api.answer('datasets.get', dataset());
    const field = { field: 'island', isRequired: true, column: 'island', reason: 'It has the same name.' };
    api.answer('datasets.mapping', { mapping: { island: 'island' }, fields: [field] });
    const user = open(`#/datasets/${dataset().id}/score`);
    const form = within(await screen.findByRole('form', { name: 'Schedule' }));
    const timeZone = form.getByLabelText(/Time zone/);
    await user.clear(timeZone);
    await user.type(timeZone, 'Europe/Berlin');
    await user.selectOptions(form.getByLabelText('When'), 'At other times');
    await user.type(form.getByLabelText(/Cron expression/), '99 * * * *');
    await user.click(form.getByText('Tell another program when it has ended'));
    await user.type(form.getByLabelText(/^Webhook/), 'https://example.org/scored');
    const message = 'must be a minute from 0 to 59';
    const issues = [{ path: ['cron'], rule: 'cron', message }];
    api.refuse('jobs.schedules.create', {
      code: 'INPUT_INVALID',
      detail: 'The schedule cannot be read.',
      issues,
    });
    await user.click(form.getByRole('button', { name: 'Add to your schedules' }));
    expect(await form.findByText(message)).toBeVisible();

    await user.selectOptions(form.getByLabelText('When'), 'Every hour');
    api.answer('jobs.schedules.create', ({ cron, timeZone: zone, job: asked }) => ({
      id: '0193a1b2-0000-7000-8000-0000000000c3',
      cron,
      timeZone: zone ?? 'UTC',
      job: { keepColumns: true, priority: 0, ...asked },
      createdAt: '2026-05-01T09:05:07.000Z',
      lastRunAt: null,
    }));
    await user.click(form.getByRole('button', { name: 'Add to your schedules' }));
    expect(await screen.findByText('Every hour (Europe/Berlin)')).toBeVisible();
    expect(api.inputsOf('jobs.schedules.create').map(({ cron }) => cron)).toEqual([
      '99 * * * *',
      '0 * * * *',
    ]);
    expect(api.inputsOf('jobs.schedules.create').at(-1)).toEqual({
      cron: '0 * * * *',
      timeZone: 'Europe/Berlin',
      job: {
        datasetId: dataset().id,
        model: 'penguins',
        mapping: { island: 'island' },
        webhook: { url: 'https://example.org/scored' },
      },
    });
  });
});
