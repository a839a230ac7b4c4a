import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Panel } from '../../components/panel.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { RowsTable } from '../../components/rows-table.tsx';
import { formatCountOf } from '../../lib/format.ts';
import { useTRPC } from '../../lib/trpc.ts';
import { ColumnCard } from './column-card.tsx';

/** Cards that are drawn at once: a dataset may have thousands of columns. */
const cardsStep = 24;

interface Props {
  readonly datasetId: string;
  readonly version: number | null;
}

/** What is known of each column, and the first rows. */
export function ColumnsPanel({ datasetId, version }: Props) {
  const trpc = useTRPC();
  const [shownMax, setShownMax] = useState(cardsStep);
  const { data, error, isPending } = useQuery(
    trpc.datasets.profile.queryOptions(
      { id: datasetId, ...(version !== null && { version }) },
      // alone: it may still be made, and other answers do not wait for it
      { staleTime: Infinity, trpc: { context: { alone: true } } },
    ),
  );
  return (
    <div className="space-y-4">
      <QueryState isPending={isPending} error={error} />
      {data && (
        <>
          <ul aria-label="Columns" className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
            {data.columns.slice(0, shownMax).map((column) => (
              <ColumnCard key={column.name} column={column} rows={data.rows} />
            ))}
          </ul>
          {data.columns.length > shownMax && (
            <Button onClick={() => setShownMax(shownMax + cardsStep)}>
              Show more of {formatCountOf(data.columns.length, 'column')}
            </Button>
          )}
          <Panel title="First rows">
            <RowsTable label="Values of the first rows" columns={data.columns} rows={data.preview} />
          </Panel>
        </>
      )}
    </div>
  );
}
