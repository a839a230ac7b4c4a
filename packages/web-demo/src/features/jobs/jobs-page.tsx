import { type JobKind, jobKindSchema } from '@oriel/schemas';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { PageHeading } from '../../components/page-heading.tsx';
import { Panel } from '../../components/panel.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { usePagedList } from '../../lib/paged-list.ts';
import { useIsAdmin } from '../../lib/session.ts';
import { useTRPC, useTRPCClient } from '../../lib/trpc.ts';
import { JobRow } from './job-row.tsx';
import { isFinal, kindWords } from './job-words.ts';
import { SchedulesPanel } from './schedules-panel.tsx';

/** How soon to look again while something is going on. */
const refetchMs = 2000;

/** The long tasks of the person who is signed in, newest first. */
export function JobsPage() {
  const [kind, setKind] = useState<JobKind | undefined>('dataset.predict');
  const { query: jobs, items } = useJobs(kind);
  const title = useIsAdmin() ? 'Everybody’s jobs' : 'Your jobs';
  return (
    <>
      <PageHeading title="Jobs">
        Work on whole datasets. It goes on without this page, and when a process of the server ends.
      </PageHeading>
      <Panel title={title} aside={<KindSelect kind={kind} onKind={setKind} />}>
        <QueryState isPending={jobs.isPending} error={jobs.error} />
        {jobs.data && items.length === 0 && (
          <p className="rounded-lg border border-dashed border-line p-6 text-center text-sm text-muted">
            There is none of this kind. Open one of your{' '}
            <a href="#/datasets" className="text-accent underline">
              datasets
            </a>{' '}
            to score it with a model.
          </p>
        )}
        <ul aria-label="Jobs" className="divide-y divide-line">
          {items.map((job) => (
            <JobRow key={job.id} job={job} />
          ))}
        </ul>
        {jobs.hasNextPage && (
          <Button className="mt-3" isBusy={jobs.isFetchingNextPage} onClick={() => void jobs.fetchNextPage()}>
            Older
          </Button>
        )}
      </Panel>
      <SchedulesPanel />
    </>
  );
}

function useJobs(kind: JobKind | undefined) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  return usePagedList({
    queryKey: trpc.jobs.list.infiniteQueryKey({ kind }),
    readPage: (cursor, signal) => client.jobs.list.query({ kind, cursor }, { signal }),
    refetch: { everyMs: refetchMs, isWanted: (job) => !isFinal(job) },
  });
}

interface SelectProps {
  readonly kind: JobKind | undefined;
  readonly onKind: (kind: JobKind | undefined) => void;
}

function KindSelect({ kind, onKind }: SelectProps) {
  return (
    <select
      aria-label="Show"
      value={kind ?? ''}
      onChange={({ target }) => onKind(jobKindSchema.safeParse(target.value).data)}
      className="control w-auto!"
    >
      <option value="">All jobs</option>
      {jobKindSchema.options.map((each) => (
        <option key={each} value={each}>
          {kindWords[each]}
        </option>
      ))}
    </select>
  );
}
