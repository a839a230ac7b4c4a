import type { Column, ColumnType, Row } from '@oriel/schemas';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { formatCount } from '../lib/format.ts';
import { CellView } from './cell-view.tsx';

export interface RowOrder {
  readonly column: string;
  readonly order: 'asc' | 'desc';
}

interface Props {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly order?: RowOrder | null;
  /** Left out: the rows cannot be put into another order. */
  readonly onSort?: (column: string) => void;
}

/** What a server refuses to sort by. */
const unordered: ReadonlySet<ColumnType> = new Set(['json', 'image']);
const numeric: ReadonlySet<ColumnType> = new Set(['integer', 'bigint', 'number']);
const edge = (type: ColumnType) => (numeric.has(type) ? 'text-right tabular-nums' : '');

/** More than a page can draw at once; nobody reads that far to the right. */
const columnsShownMax = 100;

/** Rows as they are stored, under the names of their columns. */
export function RowsTable({ columns, ...props }: Props) {
  return (
    <>
      <ShownColumns columns={columns.slice(0, columnsShownMax)} {...props} />
      {columns.length > columnsShownMax && (
        <p className="mt-2 text-xs text-muted">
          These are the first {columnsShownMax} of {formatCount(columns.length)} columns; files have all.
        </p>
      )}
    </>
  );
}

function ShownColumns({ label, columns, rows, order = null, onSort }: Props) {
  return (
    // relative: what is only read out would widen the page else
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label={label} tabIndex={0} className="relative max-h-128 overflow-auto">
      <table className="w-full text-left text-[0.8125rem] whitespace-nowrap">
        <thead className="sticky top-0 border-b border-line bg-card text-xs text-muted">
          <tr>
            {columns.map(({ name, type }) => (
              <th
                key={name}
                scope="col"
                aria-sort={order?.column === name ? ariaOrder[order.order] : undefined}
                className={`py-2 pr-4 font-medium ${edge(type)}`}
              >
                {onSort && !unordered.has(type) ? (
                  <SortButton name={name} order={order} onSort={onSort} />
                ) : (
                  name
                )}
                <span className="block font-normal">{type}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row has no name but its place
            <tr key={place} className="border-b border-line last:border-0">
              {columns.map(({ name, type }) => (
                <td key={name} className={`max-w-72 truncate py-1.5 pr-4 ${edge(type)}`}>
                  <CellView value={row[name]} type={type} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const ariaOrder = { asc: 'ascending', desc: 'descending' } as const;

function SortButton({
  name,
  order,
  onSort,
}: {
  name: string;
  order: RowOrder | null;
  onSort: (column: string) => void;
}) {
  const Icon = order?.order === 'desc' ? ArrowDown : ArrowUp;
  return (
    <button
      type="button"
      onClick={() => onSort(name)}
      className="inline-flex items-center gap-1 hover:text-ink hover:underline"
    >
      {name}
      {order?.column === name && <Icon aria-hidden className="size-3" />}
    </button>
  );
}
