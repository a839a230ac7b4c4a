import type { Job } from '@oriel/schemas';
import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { api, serveModels } from '../../test/api.ts';
import { dataset, job, profile, version } from '../../test/datasets.ts';
import { jobEvents } from '../../test/job-events.ts';
import { ada, nobody, root } from '../../test/people.ts';
import { findPanel, show } from '../../test/show.tsx';
import { App } from './app.tsx';

function open(hash: string, person = ada) {
  serveModels();
  api.answer('auth.state', { ...nobody, user: person });
  api.answer('jobs.schedules.list', { items: [] });
  window.location.hash = hash;
  return show(<App />);
}

function openJob(changes: Partial<Job> = {}) {
  const shown = job(changes);
  api.answer('jobs.get', shown);
  return open(`#/jobs/${shown.id}`);
}

const progress = (changes: Partial<Job['progress']>): Job['progress'] => ({ ...job().progress, ...changes });
const results = '0193a1b2-0000-7000-8000-0000000000d7';

describe('the list of jobs', () => {
  test('tells how far each is', async () => {
    const failed = job({
      id: '0193a1b2-0000-7000-8000-0000000000a2',
      title: 'Gulls',
      state: 'failed',
      error: { code: 'MODEL_NOT_READY', message: 'The model is not ready.' },
    });
    const half = progress({ rowsDone: 500, rowsPerSecond: 1000, secondsLeft: 0.5 });
    api.answer('jobs.list', { items: [job({ state: 'running', progress: half }), failed], nextCursor: null });
    open('#/jobs');
    const list = within(await screen.findByRole('list', { name: 'Jobs' }));
    const rows = (await list.findAllByRole('listitem')).map((row) => row.textContent);
    expect(rows[0]).toMatch(/running.*500 of 1,000 rows · 1,000 rows a second · less than a second left/);
    expect(rows[1]).toMatch(/Gullsfailed.*The model is not ready\./);
    expect(list.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '50');
  });

  test('says when there is none, and shows other kinds', async () => {
    api.answer('jobs.list', { items: [], nextCursor: null });
    const user = open('#/jobs');
    expect(await screen.findByText(/There is none of this kind/)).toBeVisible();
    await user.selectOptions(screen.getByLabelText('Show'), 'All jobs');
    await expect.poll(() => api.inputsOf('jobs.list').at(-1)?.kind).toBeUndefined();
  });

  test('has those of everybody for an admin, and says so', async () => {
    api.answer('jobs.list', { items: [], nextCursor: null });
    open('#/jobs', root);
    expect(await findPanel('Everybody’s jobs')).toBeVisible();
    expect(await findPanel('Everybody’s schedules')).toBeVisible();
  });

  test('asks whoever is not signed in to do so', async () => {
    serveModels();
    window.location.hash = '#/jobs';
    show(<App />);
    expect(await screen.findByText('Sign in to see your jobs')).toBeVisible();
  });
});

describe('one job', () => {
  test('is shown as the server tells it, to its end', async () => {
    const half = progress({ rowsDone: 500, rowsPerSecond: 250, secondsLeft: 2 });
    const over = job({ state: 'cancelled', revision: 4, progress: progress({ rowsDone: 750 }) });
    jobEvents.tell(job({ state: 'running', revision: 3, progress: half }), over);
    openJob({ state: 'running', revision: 2 });
    expect(await screen.findByText('750 of 1,000 rows')).toBeVisible();
    expect(screen.getByText('cancelled')).toBeVisible();
    expect(screen.getByText(`${over.title}: cancelled`)).toHaveAttribute('role', 'status');
  });

  test('is asked for again and again where events do not come through', async () => {
    openJob({ state: 'running' });
    await screen.findByText('running');
    api.answer('jobs.get', job({ state: 'failed', revision: 2 }));
    expect(await screen.findByText('failed', {}, { timeout: 8000 })).toBeVisible();
  });

  test('is asked for again and again where a stream of events does not open', async () => {
    jobEvents.hold();
    openJob({ state: 'running' });
    await screen.findByText('running');
    api.answer('jobs.get', job({ state: 'failed', revision: 2 }));
    expect(await screen.findByText('failed', {}, { timeout: 8000 })).toBeVisible();
  });

  test('is paused, and goes on', async () => {
    const user = openJob({ state: 'running', progress: progress({ rowsDone: 250 }) });
    const paused = job({ state: 'paused', revision: 2, progress: progress({ rowsDone: 250 }) });
    api.answer('jobs.pause', () => {
      api.answer('jobs.get', paused);
      return paused;
    });
    api.answer('jobs.resume', job({ state: 'queued', revision: 3 }));
    await user.click(await screen.findByRole('button', { name: 'Pause' }));
    await user.click(await screen.findByRole('button', { name: 'Resume' }));
    expect(await screen.findByText('waiting')).toBeVisible();
    expect(api.inputsOf('jobs.pause')).toEqual([{ id: job().id }]);
  });

  test('is cancelled only after asking', async () => {
    const user = openJob({ state: 'running' });
    api.answer('jobs.cancel', job({ state: 'cancelling', revision: 2 }));
    await user.click(await screen.findByRole('button', { name: 'Cancel the job' }));
    expect(api.inputsOf('jobs.cancel')).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Yes, cancel' }));
    expect(await screen.findByText('being cancelled')).toBeVisible();
  });

  test('what is refused is said in its place', async () => {
    const user = openJob({ state: 'running' });
    const detail = 'A job that is succeeded cannot be paused.';
    api.refuse('jobs.pause', { code: 'JOB_TRANSITION_REFUSED', detail });
    await user.click(await screen.findByRole('button', { name: 'Pause' }));
    expect(await screen.findByText(detail)).toBeVisible();

    // until something else is asked for
    api.answer('jobs.cancel', job({ state: 'cancelling', revision: 2 }));
    await user.click(screen.getByRole('button', { name: 'Cancel the job' }));
    await user.click(screen.getByRole('button', { name: 'Yes, cancel' }));
    expect(await screen.findByText('being cancelled')).toBeVisible();
    expect(screen.queryByText(detail)).toBeNull();
  });

  test('one that failed says why', async () => {
    openJob({ state: 'failed', error: { code: 'DATASET_NOT_READY', message: 'The dataset was deleted.' } });
    expect(await screen.findByRole('alert')).toHaveTextContent('The dataset was deleted.');
    expect(screen.queryByRole('button', { name: 'Cancel the job' })).toBeNull();
  });

  test('results have a chart of what was predicted, rows and files', async () => {
    const { columns, ...rest } = profile();
    const [island] = columns;
    const species = {
      name: 'species',
      type: 'text',
      nulls: 3,
      notFinite: 0,
      distinct: 2,
      min: 'Adelie',
      max: 'Gentoo',
      mean: null,
      quantiles: null,
      topValues: [
        { value: 'Gentoo', count: 600 },
        { value: 'Adelie', count: 397 },
      ],
      histogram: null,
    } as const;
    const all = [...(island ? [island] : []), { ...species, topValues: [...species.topValues] }];
    const asked: string[] = [];
    api.answer('datasets.profile', (_input, { url }) => {
      asked.push(url);
      return { ...rest, columns: all, preview: [{ island: 'Dream', species: 'Adelie' }] };
    });
    openJob({
      state: 'succeeded',
      resultsId: results,
      progress: progress({ rowsDone: 1000, rowsFailed: 3 }),
      startedAt: '2026-05-01T09:05:08.000Z',
      finishedAt: '2026-05-01T09:08:28.000Z',
    });
    expect(await screen.findByText('3 min 20 s')).toBeVisible();
    const panel = within(await findPanel('Results'));
    // nothing else waits while it is made
    await expect.poll(() => asked).toEqual([expect.not.stringContaining('batch=')]);
    expect(await panel.findByRole('list', { name: 'Predicted: species' })).toHaveTextContent(
      'Gentoo60060.0 %Adelie39739.7 %',
    );
    expect(panel.getByRole('cell', { name: 'Adelie' })).toBeVisible();
    expect(panel.getByRole('link', { name: 'Download as CSV' })).toHaveAttribute(
      'href',
      `/api/v1/datasets/${results}/export?format=csv`,
    );
  });

  test('failed rows are tried again in a job of their own, which is shown', async () => {
    const again = job({ id: '0193a1b2-0000-7000-8000-0000000000a9', title: 'Again' });
    const user = openJob({ state: 'succeeded', progress: progress({ rowsDone: 1000, rowsFailed: 3 }) });
    api.answer('jobs.retryFailed', () => {
      api.answer('jobs.get', again);
      return again;
    });
    await user.click(await screen.findByRole('button', { name: 'Try failed rows again' }));
    expect(await screen.findByRole('heading', { level: 2, name: 'Again' })).toBeVisible();
  });
});

describe('scoring a dataset', () => {
  const fields = [
    { field: 'island', isRequired: true, column: 'island', reason: 'It has the same name.' },
    { field: 'bodyMassG', isRequired: false, column: null, reason: 'No column has such a name.' },
  ];

  function openScore(latest = version()) {
    api.answer('datasets.get', dataset({ latest }));
    api.answer('datasets.mapping', { mapping: { island: 'island' }, fields });
    return open(`#/datasets/${dataset().id}/score`);
  }

  test('the proposed columns can be changed, and are sent', async () => {
    const started = job();
    api.answer('jobs.predictDataset', () => {
      api.answer('jobs.get', started);
      return started;
    });
    const user = openScore();
    expect(await screen.findByText('It has the same name.')).toBeVisible();
    await user.selectOptions(screen.getByLabelText('Column for Body mass'), 'mass_g');
    expect(screen.getByText('You chose it.')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Score 1,000 rows' }));
    expect(await screen.findByRole('heading', { level: 2, name: started.title })).toBeVisible();
    expect(api.inputsOf('jobs.predictDataset')).toEqual([
      {
        datasetId: dataset().id,
        model: 'penguins',
        mapping: { island: 'island', bodyMassG: 'mass_g' },
        keepColumns: true,
        idempotencyKey: expect.any(String),
      },
    ]);
  });

  test('what is sent again, since no answer came, makes the same job; something else makes another', async () => {
    api.refuse('jobs.predictDataset', { code: 'DEADLINE_EXCEEDED', detail: 'It took too long.' });
    const user = openScore();
    const start = await screen.findByRole('button', { name: 'Score 1,000 rows' });
    const started = () => api.inputsOf('jobs.predictDataset').map(({ idempotencyKey }) => idempotencyKey);
    await user.click(start);
    expect(await screen.findByText('It took too long.')).toBeVisible();
    await user.click(start);
    await waitFor(() => expect(started()).toHaveLength(2));
    await user.type(screen.getByLabelText('Name of the results'), 'Scores');
    await waitFor(() => expect(start).not.toHaveAttribute('aria-disabled'));
    await user.click(start);
    await waitFor(() => expect(started()).toHaveLength(3));
    const [first, second, third] = started();
    expect([typeof first, second]).toEqual(['string', first]);
    expect(third).not.toBe(first);
  });

  test('a dataset whose newest version cannot be read is scored with the one before', async () => {
    const error = { code: 'DATASET_UNREADABLE' as const, message: 'Line 7 has 4 values.' };
    const broken = version({ version: 2, state: 'failed', error, rows: null, columns: [] });
    api.answer('datasets.versions', { items: [broken, version()] });
    openScore(broken);
    expect(await screen.findByRole('button', { name: 'Score 1,000 rows' })).toBeEnabled();
    expect(screen.getByLabelText('Column for Island')).toHaveValue('island');
    // of that version, whatever was proposed for another one before
    expect(api.inputsOf('datasets.mapping').at(-1)).toMatchObject({ version: 1 });
  });

  test('one that is still read is scored when it is ready, and one that cannot be read is not', async () => {
    openScore(version({ state: 'importing', rows: null, columns: [] }));
    expect(await screen.findByText('The server still reads penguins.csv.')).toBeVisible();
    const error = { code: 'DATASET_UNREADABLE' as const, message: 'Line 7 has 4 values.' };
    const failed = version({ state: 'failed', error, rows: null, columns: [] });
    api.answer('datasets.get', dataset({ latest: failed }));
    expect(await screen.findByText('Line 7 has 4 values.', {}, { timeout: 8000 })).toBeVisible();
    expect(screen.queryByLabelText('Model')).toBeNull();
  });

  test('a field that is needed and has no column is named', async () => {
    const user = openScore();
    await user.selectOptions(await screen.findByLabelText('Column for Island'), '');
    expect(screen.getByText('needed')).toBeVisible();
    expect(screen.getByText(/The model needs island/)).toBeVisible();
  });

  test('says that its results were removed, and offers no files of them', async () => {
    api.refuse('datasets.profile', { code: 'NOT_FOUND' });
    openJob({ state: 'succeeded', resultsId: results });
    const panel = within(await findPanel('Results'));
    expect(await panel.findByText('They were removed since.')).toBeVisible();
    expect(panel.queryByRole('link')).toBeNull();
  });

  test('a check says how many rows would fail, and why', async () => {
    const check = job({
      kind: 'dataset.check',
      state: 'succeeded',
      resultsId: results,
      summary: {
        rows: 1000,
        rowsFailed: 12,
        causes: [
          {
            field: 'island',
            rule: 'invalid_value',
            message: 'expected Biscoe or Dream',
            rows: 12,
            firstRow: 4817,
          },
        ],
      },
    });
    api.answer('jobs.checkDataset', check);
    api.answer('jobs.get', check);
    const user = openScore();
    await user.click(await screen.findByRole('button', { name: 'Check all rows' }));
    expect(await screen.findByText('12 of 1,000 rows would fail')).toBeVisible();
    const cells = within(screen.getByRole('region', { name: 'Causes' })).getAllByRole('cell');
    expect(cells.map((cell) => cell.textContent)).toEqual([
      'island',
      'expected Biscoe or Dream',
      '12',
      '4,817',
    ]);
    expect(screen.getByRole('link', { name: 'The report, with each row' })).toHaveAttribute(
      'href',
      `#/datasets/${results}`,
    );
  });

  test('a check that finds nothing wrong says so', async () => {
    const check = job({
      kind: 'dataset.check',
      state: 'succeeded',
      summary: { rows: 1000, rowsFailed: 0, causes: [] },
    });
    api.answer('jobs.checkDataset', check);
    api.answer('jobs.get', check);
    const user = openScore();
    await user.click(await screen.findByRole('button', { name: 'Check all rows' }));
    expect(await screen.findByText('All 1,000 rows can be scored.')).toBeVisible();
  });
});
