import { finalJobStates, type Job, type JobKind, type JobState } from '@oriel/schemas';
import type { Tone } from '../../components/badge.tsx';
import { formatCount, formatCountOf, formatSeconds } from '../../lib/format.ts';

export const stateWords: Readonly<Record<JobState, string>> = {
  queued: 'waiting',
  running: 'running',
  pausing: 'pausing',
  paused: 'paused',
  cancelling: 'being cancelled',
  succeeded: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

export const stateTones: Readonly<Record<JobState, Tone>> = {
  queued: 'neutral',
  running: 'accent',
  pausing: 'warning',
  paused: 'warning',
  cancelling: 'warning',
  succeeded: 'success',
  failed: 'danger',
  cancelled: 'neutral',
};

export const kindWords: Readonly<Record<JobKind, string>> = {
  'dataset.import': 'Reading a file',
  'dataset.check': 'Checking rows',
  'dataset.predict': 'Scoring a dataset',
  'inputs.predict': 'Scoring many inputs',
};

export const isFinal = ({ state }: Pick<Job, 'state'>): boolean =>
  finalJobStates.some((each) => each === state);

type JobAction = 'pause' | 'resume' | 'cancel' | 'retryFailed';

/** What may be asked of a job now. */
export function listActions({ kind, state, progress }: Job): JobAction[] {
  const isScoring = kind === 'dataset.predict' || kind === 'inputs.predict';
  switch (state) {
    case 'queued':
    case 'running':
      return isScoring ? ['pause', 'cancel'] : ['cancel'];
    case 'pausing':
    case 'paused':
      return ['resume', 'cancel'];
    case 'succeeded':
      return isScoring && progress.rowsFailed > 0 ? ['retryFailed'] : [];
    case 'failed':
    case 'cancelled':
      // what was scored is taken over
      return isScoring ? ['retryFailed'] : [];
    case 'cancelling':
      return [];
  }
}

/** How far a job is, in words: `12,000 of 1,000,000 rows · 3 failed · 85,000 rows a second · 12 s left`. */
export function describeProgress({ kind, progress, summary, state }: Job): string {
  if (kind === 'dataset.import') return describeImport(summary);
  const { rowsTotal, rowsDone, rowsFailed, rowsPerSecond, secondsLeft } = progress;
  const isRunning = state === 'running';
  return [
    rowsTotal === null
      ? formatCountOf(rowsDone, 'row')
      : `${formatCount(rowsDone)} of ${formatCountOf(rowsTotal, 'row')}`,
    ...(rowsFailed > 0 ? [`${formatCount(rowsFailed)} failed`] : []),
    ...(isRunning && rowsPerSecond !== null
      ? [`${formatCount(Math.round(rowsPerSecond))} rows a second`]
      : []),
    ...(isRunning && secondsLeft !== null ? [`${formatSeconds(secondsLeft)} left`] : []),
  ].join(' · ');
}

/** A file is read as a whole: how many rows it has is known in the end. Empty before. */
function describeImport(summary: Job['summary']): string {
  const isKnown = typeof summary === 'object' && summary !== null && 'rows' in summary;
  return isKnown && typeof summary.rows === 'number' ? formatCountOf(summary.rows, 'row') : '';
}
