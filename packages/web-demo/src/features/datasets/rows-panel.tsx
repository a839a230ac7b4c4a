import type { ListRowsInput, RowFilter, RowPage } from '@oriel/schemas';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { DownloadLinks } from '../../components/download-links.tsx';
import { Panel } from '../../components/panel.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { type RowOrder, RowsTable } from '../../components/rows-table.tsx';
import { formatCount } from '../../lib/format.ts';
import type { RowSelection } from '../../lib/links.ts';
import { useTRPC } from '../../lib/trpc.ts';
import { FilterBuilder } from './filter-builder.tsx';

const pageSize = 50;

interface Props {
  readonly datasetId: string;
  readonly version: number | null;
}

/** The rows themselves: page by page, in another order, only some of them. */
export function RowsPanel({ datasetId, version }: Props) {
  const [filter, setFilter] = useState<RowFilter | undefined>();
  const [order, setOrder] = useState<RowOrder | null>(null);
  // the cursors of the pages before this one, so that there is a way back
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const ofVersion = version !== null && { version };
  const selection: RowSelection = {
    ...ofVersion,
    ...(filter && { filter }),
    ...(order && { sort: [order] }),
  };
  const rows = useRows({ id: datasetId, ...selection, limit: pageSize, cursor: cursors.at(-1) });
  // read already; the columns are there whatever the server says of a filter
  const { data: all } = useRows({ id: datasetId, ...ofVersion, limit: pageSize, cursor: undefined });

  return (
    <Panel
      title="Rows"
      // all rows are at the top of the page
      aside={(filter || order) && <DownloadLinks datasetId={datasetId} selection={selection} />}
    >
      <div className="space-y-4">
        {all && (
          <FilterBuilder
            columns={all.columns}
            onApply={(next) => {
              setFilter(next);
              setCursors([]);
            }}
          />
        )}
        <QueryState isPending={rows.isPending} error={rows.error} />
        {rows.error && order && (
          <Button
            onClick={() => {
              setOrder(null);
              setCursors([]);
            }}
          >
            Back to the order of the file
          </Button>
        )}
        {rows.data && (
          <RowPageView
            page={rows.data}
            order={order}
            place={cursors.length}
            isBusy={rows.isFetching}
            onSort={(column) => {
              setOrder(nextOrder(order, column));
              setCursors([]);
            }}
            onCursors={(change) => setCursors(change(cursors))}
          />
        )}
      </div>
    </Panel>
  );
}

function useRows(input: ListRowsInput) {
  const trpc = useTRPC();
  // the rows of a version never change
  return useQuery(
    trpc.datasets.rows.queryOptions(input, { staleTime: Infinity, placeholderData: keepPreviousData }),
  );
}

/** Up, down, and back to the order of the file. */
function nextOrder(order: RowOrder | null, column: string): RowOrder | null {
  if (order?.column !== column) return { column, order: 'asc' };
  return order.order === 'asc' ? { column, order: 'desc' } : null;
}

interface PageProps {
  readonly page: RowPage;
  readonly order: RowOrder | null;
  /** Which page it is, from 0. */
  readonly place: number;
  readonly isBusy: boolean;
  readonly onSort: (column: string) => void;
  readonly onCursors: (change: (cursors: readonly string[]) => readonly string[]) => void;
}

function RowPageView({ page, order, place, isBusy, onSort, onCursors }: PageProps) {
  const { columns, rows, nextCursor } = page;
  const first = place * pageSize + 1;
  return (
    <div aria-busy={isBusy} className="space-y-3">
      {rows.length === 0 ? (
        <p className="rounded-lg border border-dashed border-line p-6 text-center text-sm text-muted">
          No row is like that.
        </p>
      ) : (
        <RowsTable label="Values of the rows" columns={columns} rows={rows} order={order} onSort={onSort} />
      )}
      <nav aria-label="Pages of rows" className="flex flex-wrap items-center gap-2 text-sm">
        <Button
          disabled={place === 0}
          isBusy={isBusy}
          onClick={() => onCursors((cursors) => cursors.slice(0, -1))}
        >
          Previous
        </Button>
        <Button
          disabled={nextCursor === null}
          isBusy={isBusy}
          onClick={() => nextCursor !== null && onCursors((cursors) => [...cursors, nextCursor])}
        >
          Next
        </Button>
        {rows.length > 0 && (
          <span role="status" className="text-muted tabular-nums">
            Rows {formatCount(first)} to {formatCount(first + rows.length - 1)}
          </span>
        )}
      </nav>
    </div>
  );
}
