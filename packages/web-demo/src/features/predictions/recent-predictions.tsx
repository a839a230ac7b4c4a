import { problemOf } from '@oriel/client';
import { useQuery } from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/panel.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useTRPC } from '../../lib/trpc.ts';
import { PredictionTable } from './prediction-table.tsx';

const shownMax = 10;

/** What was predicted lately, as far as one may see it: one's own, or what nobody known asked for. */
export function RecentPredictions() {
  const trpc = useTRPC();
  const { data, error, isPending, isFetching, refetch } = useQuery(
    trpc.predictions.list.queryOptions({ limit: shownMax }),
  );
  return (
    <Panel
      title="Recent predictions"
      aside={
        <Button isBusy={isFetching} onClick={() => void refetch()}>
          <RefreshCw aria-hidden className={`size-4 ${isFetching ? 'animate-spin' : ''}`} /> Refresh
        </Button>
      }
    >
      {isPending && <Skeleton label="Loading predictions…" />}
      {error && (
        <Notice tone="warning" title="The predictions could not be read">
          <p className="text-sm">{problemOf(error)?.detail ?? 'The server does not answer.'}</p>
        </Notice>
      )}
      {data && !error && data.items.length === 0 && (
        <p className="rounded-lg border border-dashed border-line p-6 text-center text-sm text-muted">
          Nothing was predicted yet. Predictions appear here a second after they were made.
        </p>
      )}
      {data && !error && data.items.length > 0 && <PredictionTable records={data.items} />}
    </Panel>
  );
}
