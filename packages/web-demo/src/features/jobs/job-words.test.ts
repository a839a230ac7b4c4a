import { type Job, jobStateSchema } from '@oriel/schemas';
import { describe, expect, test } from 'vitest';
import { job } from '../../../test/datasets.ts';
import { describeProgress, isFinal, listActions } from './job-words.ts';

const running = (progress: Partial<Job['progress']>): Job =>
  job({ state: 'running', progress: { ...job().progress, ...progress } });

describe('describeProgress', () => {
  test('tells how far, how fast and how long still', () => {
    const halfway = running({
      rowsTotal: 1_000_000,
      rowsDone: 12_000,
      rowsFailed: 3,
      rowsPerSecond: 85_000.4,
      secondsLeft: 12,
    });
    expect(describeProgress(halfway)).toBe(
      '12,000 of 1,000,000 rows · 3 failed · 85,000 rows a second · 12 s left',
    );
  });

  test('says nothing that is not known', () => {
    const begun = running({ rowsTotal: null, rowsDone: 0, rowsPerSecond: null, secondsLeft: null });
    expect(describeProgress(begun)).toBe('0 rows');
  });

  test('a file that is read has rows once it is read', () => {
    const reading = { ...running({ rowsTotal: null, rowsDone: 0 }), kind: 'dataset.import' } as const;
    expect(describeProgress(reading)).toBe('');
    const summary = { datasetId: reading.id, version: 1, rows: 400_000, columns: 7 };
    expect(describeProgress({ ...reading, state: 'succeeded', summary })).toBe('400,000 rows');
  });

  test('a job that rests has no speed', () => {
    const resting = {
      ...running({ rowsTotal: 10, rowsDone: 5, rowsPerSecond: 99 }),
      state: 'paused',
    } as const;
    expect(describeProgress(resting)).toBe('5 of 10 rows');
  });
});

describe('listActions', () => {
  test.each([
    ['queued', ['pause', 'cancel']],
    ['running', ['pause', 'cancel']],
    ['pausing', ['resume', 'cancel']],
    ['paused', ['resume', 'cancel']],
    ['cancelling', []],
    ['succeeded', []],
    ['failed', ['retryFailed']],
    ['cancelled', ['retryFailed']],
  ] as const)('a job that is %s can %j', (state, actions) => {
    expect(listActions(job({ state }))).toEqual(actions);
  });

  test('failed rows can be tried again once the job is over', () => {
    const progress = { ...job().progress, rowsFailed: 2 };
    expect(listActions(job({ state: 'succeeded', progress }))).toEqual(['retryFailed']);
    expect(listActions(job({ state: 'running', progress }))).toEqual(['pause', 'cancel']);
  });

  test('reading a file cannot be paused', () => {
    expect(listActions(job({ kind: 'dataset.import', state: 'running' }))).toEqual(['cancel']);
  });
});

test('nothing can be done to a check that is over', () => {
  for (const state of jobStateSchema.options.filter((each) => isFinal({ state: each })))
    expect(listActions(job({ kind: 'dataset.check', state }))).toEqual([]);
});
