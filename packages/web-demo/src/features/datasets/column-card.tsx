import type { ColumnProfile } from '@oriel/schemas';
import { Badge } from '../../components/badge.tsx';
import { CountBars } from '../../components/count-bars.tsx';
import { Histogram } from '../../components/histogram.tsx';
import { formatCount, formatNumber, formatProbability, formatValue } from '../../lib/format.ts';

const topMax = 5;

/** One column: its type, how full it is, and what its values are like. */
export function ColumnCard({ column, rows }: { column: ColumnProfile; rows: number }) {
  const { name, type, nulls, distinct, histogram, topValues } = column;
  const isFew = distinct <= 10;
  return (
    <li className="min-w-0 space-y-3 rounded-xl border border-line bg-card p-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="min-w-0 truncate text-sm font-semibold" title={name}>
          {name}
        </h3>
        <Badge>{type}</Badge>
      </div>
      {histogram && histogram.length > 0 && !(isFew && topValues.length > 0) ? (
        <Histogram label={`Values of ${name}`} bins={histogram} />
      ) : (
        topValues.length > 0 && (
          <CountBars
            label={`Most frequent values of ${name}`}
            counts={topValues.slice(0, topMax)}
            total={rows}
          />
        )
      )}
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-xs">
        {factsOf(column, rows).map(([fact, value]) => (
          <div key={fact} className="col-span-2 grid grid-cols-subgrid">
            <dt className="text-muted">{fact}</dt>
            <dd className="truncate text-right tabular-nums" title={value}>
              {value}
            </dd>
          </div>
        ))}
      </dl>
      {nulls === rows && <p className="text-xs text-muted">No row has a value here.</p>}
    </li>
  );
}

type Extreme = ColumnProfile['min'];

function factsOf(column: ColumnProfile, rows: number): [fact: string, value: string][] {
  const { nulls, notFinite, distinct, min, max, mean, quantiles } = column;
  const share = rows === 0 ? 0 : nulls / rows;
  return [
    ['Without a value', nulls === 0 ? 'none' : `${formatCount(nulls)} (${formatProbability(share)})`],
    ...(notFinite === 0 ? [] : [['Not a finite number', formatCount(notFinite)] as [string, string]]),
    ['Different values', `about ${formatCount(distinct)}`],
    ...(min === null ? [] : [['Range', `${show(min)} to ${show(max)}`] as [string, string]]),
    ...(mean === null ? [] : [['Mean', formatNumber(mean)] as [string, string]]),
    ...(quantiles === null
      ? []
      : [
          ['Median', show(quantiles.p50)] as [string, string],
          ['Middle half', `${show(quantiles.p25)} to ${show(quantiles.p75)}`] as [string, string],
        ]),
  ];
}

function show(value: Extreme): string {
  if (value === null) return '–';
  return typeof value === 'number' ? formatNumber(value) : formatValue(value, 24);
}
