import type { Job } from '@oriel/schemas';
import { Badge } from '../../components/badge.tsx';
import { IssueList } from '../../components/issue-list.tsx';
import { Notice } from '../../components/notice.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { describeProgress, isFinal, stateTones, stateWords } from './job-words.ts';

/** How far a job is, and why it failed when it did. */
export function JobProgressView({ job }: { job: Job }) {
  const { state, title, progress, error } = job;
  return (
    <div className="space-y-2">
      <p className="flex flex-wrap items-center gap-2 text-sm">
        <Badge tone={stateTones[state]}>{stateWords[state]}</Badge>
        <span className="text-muted tabular-nums">{describeProgress(job)}</span>
      </p>
      <ProgressBar
        label={title}
        value={progress.rowsDone}
        max={state === 'succeeded' ? progress.rowsDone : (progress.rowsTotal ?? (isFinal(job) ? 1 : null))}
        tone={toneOf(job)}
      />
      {/* announced once it is over; each step of the way would be too much */}
      <p role="status" className="sr-only">
        {isFinal(job) ? `${title}: ${stateWords[state]}` : ''}
      </p>
      {error && (
        <Notice tone="error" title={error.message}>
          <IssueList error={error} />
        </Notice>
      )}
    </div>
  );
}

function toneOf({ state }: Job): 'running' | 'resting' | 'failed' {
  if (state === 'failed') return 'failed';
  return state === 'running' || state === 'succeeded' ? 'running' : 'resting';
}
