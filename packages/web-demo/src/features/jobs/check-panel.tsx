import type { ColumnMapping } from '@oriel/schemas';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/panel.tsx';
import { ReadFailure } from '../../components/read-failure.tsx';
import { explainError } from '../../lib/form-failure.ts';
import { useTRPC } from '../../lib/trpc.ts';
import { CheckResult } from './check-result.tsx';
import { JobProgressView } from './job-progress.tsx';
import { useJob } from './use-job.ts';

interface Props {
  readonly job: { readonly datasetId: string; readonly model: string; readonly mapping: ColumnMapping };
}

/** Looks at every row before anything is scored: how many would fail, and why. */
export function CheckPanel({ job }: Props) {
  const trpc = useTRPC();
  const [jobId, setJobId] = useState<string | null>(null);
  const check = useMutation(trpc.jobs.checkDataset.mutationOptions({ onSuccess: ({ id }) => setJobId(id) }));
  return (
    <Panel
      title="Check first"
      aside={
        <Button isBusy={check.isPending} onClick={() => check.mutate(job)}>
          Check all rows
        </Button>
      }
    >
      {check.error && <Notice tone="error" title={explainError(check.error)} />}
      {jobId === null ? (
        <p className="text-sm text-muted">
          Finds the rows that the model would refuse, without scoring any. You can also start at once: rows
          that fail are told apart in the results.
        </p>
      ) : (
        <RunningCheck key={jobId} jobId={jobId} />
      )}
    </Panel>
  );
}

function RunningCheck({ jobId }: { jobId: string }) {
  const { data: job, error } = useJob(jobId);
  if (error && !job) return <ReadFailure error={error} />;
  if (!job) return null;
  return (
    <div className="space-y-4">
      <JobProgressView job={job} />
      {job.state === 'succeeded' && <CheckResult job={job} />}
    </div>
  );
}
