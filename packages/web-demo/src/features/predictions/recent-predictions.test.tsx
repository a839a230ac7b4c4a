import type { PredictionRecord } from '@oriel/schemas';
import { screen, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { show } from '../../../test/show.tsx';
import { RecentPredictions } from './recent-predictions.tsx';

const record = (id: number, changes: Partial<PredictionRecord> = {}): PredictionRecord => ({
  id: `00000000-0000-7000-8000-00000000000${id}`,
  createdAt: '2026-05-01T09:05:07.000Z',
  requestId: `request-${id}`,
  model: 'penguins',
  modelVersion: '1',
  outcome: 'succeeded',
  errorCode: null,
  caller: 'anonymous',
  door: 'trpc',
  cached: false,
  batchSize: 1,
  timing: { queueMs: 0, computeMs: 0.5, totalMs: 1.5 },
  input: {},
  output: { species: 'Gentoo' },
  truncated: false,
  ...changes,
});

const rows = async () =>
  (await screen.findAllByRole('row')).slice(1).map((row) =>
    within(row)
      .getAllByRole('cell')
      .slice(1)
      .map((cell) => cell.textContent),
  );

describe('recent predictions', () => {
  test('tells what was predicted, how it went and how long it took', async () => {
    const failed = record(2, {
      outcome: 'failed',
      errorCode: 'DEADLINE_EXCEEDED',
      output: null,
      timing: { queueMs: 9, computeMs: 0, totalMs: 2000 },
    });
    api.answer('predictions.list', { items: [failed, record(1, { cached: true })], nextCursor: null });
    show(<RecentPredictions />);
    expect(await rows()).toEqual([
      ['penguins', 'deadline exceeded', '–', '0.0 ms', '2.0 s'],
      ['penguins', 'succeededcached', 'Gentoo', '0.5 ms', '1.5 ms'],
    ]);
  });

  test('says when there is nothing yet, and reads again when asked', async () => {
    api.answer('predictions.list', { items: [], nextCursor: null });
    const user = show(<RecentPredictions />);
    expect(await screen.findByText(/Nothing was predicted yet/)).toBeVisible();
    api.answer('predictions.list', { items: [record(1)], nextCursor: null });
    await user.click(screen.getByRole('button', { name: 'Refresh' }));
    expect(await rows()).toHaveLength(1);
  });

  test('says why they could not be read', async () => {
    api.refuse('predictions.list', { code: 'DATABASE_UNAVAILABLE', detail: 'The database does not answer.' });
    show(<RecentPredictions />);
    expect(await screen.findByRole('alert')).toHaveTextContent('The database does not answer.');
  });
});
