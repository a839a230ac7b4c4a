import { formatCount, formatCountOf, formatNumber } from '../lib/format.ts';

interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** How often values of each range are there. The numbers are in its description and on each bar. */
export function Histogram({ label, bins }: { label: string; bins: readonly Bin[] }) {
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const [first, last] = [bins[0], bins.at(-1)];
  if (!first || !last) return null;
  return (
    <figure aria-label={label}>
      <div aria-hidden className="flex h-16 items-end gap-px border-b border-line">
        {bins.map((bin) => (
          <span
            key={`${bin.from} ${bin.to}`}
            title={`${formatNumber(bin.from)} to ${formatNumber(bin.to)}: ${formatCountOf(bin.count, 'row')}`}
            className={`min-w-0 flex-1 rounded-t-sm bg-bar-top ${bin.count === 0 ? '' : 'min-h-0.5'}`}
            style={{ height: `${(bin.count / most) * 100}%` }}
          />
        ))}
      </div>
      <figcaption className="mt-0.5 text-xs text-muted tabular-nums">
        <span className="sr-only">{describe(bins)}</span>
        <span aria-hidden className="flex justify-between gap-2">
          <span>{formatNumber(first.from)}</span>
          <span>{formatNumber(last.to)}</span>
        </span>
      </figcaption>
    </figure>
  );
}

/** Where the values are, in words. */
function describe(bins: readonly Bin[]): string {
  const top = bins.reduce((most, bin) => (bin.count > most.count ? bin : most));
  const ends = [bins[0]?.from ?? 0, bins.at(-1)?.to ?? 0].map(formatNumber).join(' to ');
  const peak = `${formatNumber(top.from)} to ${formatNumber(top.to)}`;
  return `From ${ends}. Most rows (${formatCount(top.count)}) are from ${peak}.`;
}
