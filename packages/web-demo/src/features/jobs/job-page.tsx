import type { Job } from '@oriel/schemas';
import type { ReactNode } from 'react';
import { PageHeading } from '../../components/page-heading.tsx';
import { Panel } from '../../components/panel.tsx';
import { ReadFailure } from '../../components/read-failure.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { formatSeconds, formatTime } from '../../lib/format.ts';
import { toDatasetLink } from '../../lib/links.ts';
import { CheckResult } from './check-result.tsx';
import { JobActions } from './job-actions.tsx';
import { JobProgressView } from './job-progress.tsx';
import { kindWords } from './job-words.ts';
import { ResultsPanel } from './results-panel.tsx';
import { useJob } from './use-job.ts';

/** One job: how far it is, what can be done with it, and what it made. */
export function JobPage({ id }: { id: string }) {
  const { data: job, error } = useJob(id);
  if (error && !job) return <ReadFailure error={error} />;
  if (!job) return <Skeleton label="Loading the job…" lines={4} />;
  return (
    <>
      <PageHeading title={job.title}>{kindWords[job.kind]}</PageHeading>
      <Panel title="Progress" aside={<JobActions job={job} />}>
        <JobProgressView job={job} />
        <JobFacts job={job} />
      </Panel>
      {job.kind === 'dataset.check' && job.state === 'succeeded' && (
        <Panel title="What the check found">
          <CheckResult job={job} />
        </Panel>
      )}
      {job.kind !== 'dataset.check' && job.resultsId !== null && (
        <ResultsPanel datasetId={job.resultsId} model={job.model} />
      )}
    </>
  );
}

function JobFacts({ job }: { job: Job }) {
  const { model, modelVersion, datasetId, datasetVersion, attempts, priority } = job;
  const took = secondsOf(job);
  // null leaves a fact out
  const facts: readonly (readonly [string, ReactNode])[] = [
    [
      'Reads',
      datasetId === null ? null : <DatasetLink key="dataset" id={datasetId} version={datasetVersion} />,
    ],
    ['Model', model === null ? null : `${model}${modelVersion ? `, version ${modelVersion}` : ''}`],
    ['Made', formatTime(job.createdAt)],
    ['Begun', job.startedAt === null ? null : formatTime(job.startedAt)],
    ['Over', job.finishedAt === null ? null : formatTime(job.finishedAt)],
    ['Took', took === null ? null : formatSeconds(took)],
    ['Attempts', attempts > 1 ? attempts : null],
    ['Priority', priority === 0 ? null : priority],
  ];
  const known = facts.filter(([, value]) => value !== null);
  return (
    <dl className="mt-4 flex flex-wrap gap-x-6 gap-y-2 text-sm">
      {known.map(([name, value]) => (
        <div key={name}>
          <dt className="text-xs text-muted">{name}</dt>
          <dd className="tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** From its first beginning to its end, pauses included; null for what has not ended. */
function secondsOf({ startedAt, finishedAt }: Job): number | null {
  if (startedAt === null || finishedAt === null) return null;
  return (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
}

function DatasetLink({ id, version }: { id: string; version: number | null }) {
  return (
    <a href={toDatasetLink(id)} className="text-accent underline">
      the dataset{version === null ? '' : `, version ${version}`}
    </a>
  );
}
