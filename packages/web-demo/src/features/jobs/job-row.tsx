import type { Job } from '@oriel/schemas';
import { Badge } from '../../components/badge.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { formatTime } from '../../lib/format.ts';
import { toJobLink } from '../../lib/links.ts';
import { describeProgress, isFinal, kindWords, stateTones, stateWords } from './job-words.ts';

/** One job of the list. */
export function JobRow({ job }: { job: Job }) {
  const { id, kind, title, state, progress, error, createdAt } = job;
  return (
    <li className="space-y-1.5 py-2.5 text-sm">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="flex min-w-0 flex-wrap items-center gap-2 wrap-anywhere">
          <a href={toJobLink(id)} className="font-medium text-accent underline">
            {title}
          </a>
          <Badge tone={stateTones[state]}>{stateWords[state]}</Badge>
        </p>
        <p className="text-xs text-muted tabular-nums">
          {[kindWords[kind], describeProgress(job), formatTime(createdAt)].filter(Boolean).join(' · ')}
        </p>
      </div>
      {!isFinal(job) && (
        <ProgressBar
          label={title}
          value={progress.rowsDone}
          max={progress.rowsTotal}
          tone={state === 'running' ? 'running' : 'resting'}
        />
      )}
      {error && <p className="text-danger">{error.message}</p>}
    </li>
  );
}
