import { hasErrorCode } from '@oriel/client';
import type { JobSchedule } from '@oriel/schemas';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Panel } from '../../components/panel.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { formatTime } from '../../lib/format.ts';
import { toDatasetLink } from '../../lib/links.ts';
import { useIsAdmin } from '../../lib/session.ts';
import { useTRPC } from '../../lib/trpc.ts';
import { timesInWords } from './schedule-words.ts';

/** The jobs that are made again and again. */
export function SchedulesPanel() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const title = useIsAdmin() ? 'Everybody’s schedules' : 'Your schedules';
  const schedules = useQuery(trpc.jobs.schedules.list.queryOptions());
  const refresh = () => queryClient.invalidateQueries(trpc.jobs.schedules.pathFilter());
  const remove = useMutation(trpc.jobs.schedules.delete.mutationOptions({ onSettled: refresh }));
  return (
    <Panel title={title}>
      <QueryState isPending={schedules.isPending} error={schedules.error} actionError={remove.error} />
      {schedules.data?.items.length === 0 && (
        <p className="text-sm text-muted">
          There is none. Where a dataset is scored, it can be scored again and again.
        </p>
      )}
      <ul aria-label="Schedules" className="divide-y divide-line">
        {schedules.data?.items.map((schedule) => (
          <ScheduleRow
            key={schedule.id}
            schedule={schedule}
            isBusy={remove.isPending}
            onDelete={() => remove.mutate({ id: schedule.id })}
          />
        ))}
      </ul>
    </Panel>
  );
}

interface RowProps {
  readonly schedule: JobSchedule;
  readonly isBusy: boolean;
  readonly onDelete: () => void;
}

function ScheduleRow({ schedule: { cron, timeZone, job, lastRunAt }, isBusy, onDelete }: RowProps) {
  const times = timesInWords(cron);
  return (
    <li className="flex flex-wrap items-center justify-between gap-2 py-2.5 text-sm">
      <div className="min-w-0 space-y-0.5 wrap-anywhere">
        <p className="font-medium">
          {times} <span className="font-normal text-muted">({timeZone})</span>
        </p>
        <p className="text-xs text-muted">
          {job.model} scores <DatasetName id={job.datasetId} />
          {job.webhook && ` · tells ${job.webhook.url}`} ·{' '}
          {lastRunAt === null ? 'has not run yet' : `last ran ${formatTime(lastRunAt)}`}
        </p>
      </div>
      <ConfirmButton label={`Delete: ${times}`} action="Delete" isBusy={isBusy} onConfirm={onDelete} />
    </li>
  );
}

/** Schedules know their dataset by its id alone; it may be gone by now. */
function DatasetName({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data, error } = useQuery(trpc.datasets.get.queryOptions({ id }));
  if (hasErrorCode(error, 'NOT_FOUND')) return <>a dataset that is gone</>;
  return (
    <a href={toDatasetLink(id)} className="text-accent underline">
      {data?.name ?? '…'}
    </a>
  );
}
