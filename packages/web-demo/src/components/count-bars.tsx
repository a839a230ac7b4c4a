import type { Cell } from '@oriel/schemas';
import { formatCount, formatProbability, formatValue } from '../lib/format.ts';

interface Count {
  readonly value: Cell;
  readonly count: number;
}

/** Values with how often they are there, as labelled bars. The numbers stand in the text; the bars repeat them. */
export function CountBars({
  label,
  counts,
  total,
}: {
  label: string;
  counts: readonly Count[];
  total: number;
}) {
  const most = Math.max(1, ...counts.map(({ count }) => count));
  return (
    <ul
      aria-label={label}
      className="grid grid-cols-[fit-content(10rem)_1fr_auto_auto] items-center gap-x-3 gap-y-1 text-sm"
    >
      {counts.map(({ value, count }) => (
        <li key={JSON.stringify(value)} className="col-span-4 grid grid-cols-subgrid items-center">
          <span className="truncate" title={formatValue(value, 500)}>
            {value === null ? 'no value' : formatValue(value, 30) || 'empty text'}
          </span>
          <span aria-hidden className="h-2.5 overflow-hidden rounded-full bg-hover">
            <span
              className="block h-full min-w-0.5 rounded-full bg-bar-top"
              style={{ width: `${(count / most) * 100}%` }}
            />
          </span>
          <span className="text-right tabular-nums">{formatCount(count)}</span>
          <span className="text-right text-muted tabular-nums">
            {formatProbability(total === 0 ? 0 : count / total)}
          </span>
        </li>
      ))}
    </ul>
  );
}
