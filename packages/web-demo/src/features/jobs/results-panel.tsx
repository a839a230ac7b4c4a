import { hasErrorCode } from '@oriel/client';
import type { ColumnProfile, DatasetProfile } from '@oriel/schemas';
import { useQuery } from '@tanstack/react-query';
import { CountBars } from '../../components/count-bars.tsx';
import { DownloadLinks } from '../../components/download-links.tsx';
import { Histogram } from '../../components/histogram.tsx';
import { Panel } from '../../components/panel.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { RowsTable } from '../../components/rows-table.tsx';
import { formatCountOf } from '../../lib/format.ts';
import { toDatasetLink } from '../../lib/links.ts';
import { useTRPC } from '../../lib/trpc.ts';
import { classesMax, findPredictedColumn } from './predicted-column.ts';

/** What a job made: a chart of what was predicted, the first rows, and the files. */
export function ResultsPanel({ datasetId, model }: { datasetId: string; model: string | null }) {
  const trpc = useTRPC();
  const profile = useQuery(
    // alone: it may still be made, and other answers do not wait for it
    trpc.datasets.profile.queryOptions(
      { id: datasetId },
      { staleTime: Infinity, trpc: { context: { alone: true } } },
    ),
  );
  const contract = useQuery(
    trpc.models.get.queryOptions({ id: model ?? '' }, { enabled: model !== null, staleTime: Infinity }),
  );
  const columns = profile.data?.columns ?? [];
  const predicted = contract.data ? findPredictedColumn(columns, contract.data.contract.output) : null;
  if (hasErrorCode(profile.error, 'NOT_FOUND'))
    return (
      <Panel title="Results">
        <p className="text-sm text-muted">They were removed since.</p>
      </Panel>
    );
  return (
    <Panel title="Results" aside={<DownloadLinks datasetId={datasetId} />}>
      <QueryState isPending={profile.isPending} error={profile.error} />
      {profile.data && (
        <div className="space-y-5">
          {predicted && <PredictedChart column={predicted} rows={profile.data.rows} />}
          <FirstRows profile={profile.data} />
          <p className="text-sm">
            <a href={toDatasetLink(datasetId)} className="text-accent underline">
              Open all {formatCountOf(profile.data.rows, 'row')} as a dataset
            </a>
          </p>
        </div>
      )}
    </Panel>
  );
}

function PredictedChart({ column, rows }: { column: ColumnProfile; rows: number }) {
  const title = `Predicted: ${column.name}`;
  return (
    <div className="max-w-xl">
      <h4 className="mb-2 text-sm font-medium">{title}</h4>
      {column.topValues.length > 0 && column.distinct <= classesMax ? (
        <CountBars label={title} counts={column.topValues} total={rows} />
      ) : (
        column.histogram && <Histogram label={title} bins={column.histogram} />
      )}
    </div>
  );
}

function FirstRows({ profile: { columns, preview } }: { profile: DatasetProfile }) {
  return (
    <div>
      <h4 className="mb-2 text-sm font-medium">First rows</h4>
      <RowsTable label="First rows" columns={columns} rows={preview.slice(0, 10)} />
    </div>
  );
}
