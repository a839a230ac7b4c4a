import type { Timing } from '@oriel/schemas';
import { formatMs } from '../../lib/format.ts';

interface Span {
  readonly label: string;
  readonly ms: number;
  readonly color: string;
}

/** Where the time went, from the click to the answer. */
export function TimingView({ timing, roundTripMs }: { timing: Timing; roundTripMs: number }) {
  const { queueMs, computeMs, totalMs } = timing;
  const spans: Span[] = [
    { label: 'Queue', ms: queueMs, color: 'bg-queue' },
    { label: 'Compute', ms: computeMs, color: 'bg-bar-top' },
    { label: 'Rest of server', ms: Math.max(0, totalMs - queueMs - computeMs), color: 'bg-bar' },
    { label: 'Network and page', ms: Math.max(0, roundTripMs - totalMs), color: 'bg-line' },
  ];
  const sum = Math.max(
    spans.reduce((total, span) => total + span.ms, 0),
    Number.EPSILON,
  );
  return (
    <div>
      <div className="mb-2 flex items-baseline justify-between gap-3 text-sm">
        <p className="font-medium">Time</p>
        <p className="text-muted tabular-nums">
          {formatMs(totalMs)} on the server, {formatMs(roundTripMs)} round trip
        </p>
      </div>
      <div aria-hidden className="flex h-2 gap-px overflow-hidden rounded-full bg-hover">
        {spans.map(({ label, ms, color }) => (
          <span key={label} className={color} style={{ width: `${(ms / sum) * 100}%` }} />
        ))}
      </div>
      <dl className="mt-2 flex flex-wrap gap-x-5 gap-y-1 text-xs">
        {spans.map(({ label, ms, color }) => (
          <div key={label} className="flex items-center gap-1.5">
            <dt className="flex items-center gap-1.5 text-muted">
              <span aria-hidden className={`size-2 rounded-full ${color}`} />
              {label}
            </dt>
            <dd className="tabular-nums">{formatMs(ms)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
