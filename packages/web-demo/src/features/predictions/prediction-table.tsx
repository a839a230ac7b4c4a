import type { PredictionRecord } from '@oriel/schemas';
import { Badge } from '../../components/badge.tsx';
import { formatMs, formatTime, formatValue } from '../../lib/format.ts';

/** Recorded predictions, newest first. Columns that tell least go first where there is little room. */
export function PredictionTable({ records }: { records: readonly PredictionRecord[] }) {
  return (
    <table className="w-full text-left text-[0.8125rem] sm:text-sm">
      <thead className="border-b border-line text-xs text-muted">
        <tr>
          <th className="py-2 pr-2 sm:pr-3 font-medium">Time</th>
          <th className="py-2 pr-2 sm:pr-3 font-medium">Model</th>
          <th className="py-2 pr-2 sm:pr-3 font-medium">Outcome</th>
          <th className="hidden py-2 pr-2 sm:pr-3 font-medium sm:table-cell">Answer</th>
          <th className="hidden py-2 pr-2 sm:pr-3 text-right font-medium md:table-cell">Compute</th>
          <th className="py-2 text-right font-medium">Total</th>
        </tr>
      </thead>
      <tbody>
        {records.map((record) => (
          <PredictionRow key={record.id} record={record} />
        ))}
      </tbody>
    </table>
  );
}

function PredictionRow({ record }: { record: PredictionRecord }) {
  const { createdAt, model, outcome, errorCode, cached, timing, output, requestId } = record;
  return (
    <tr className="border-b border-line last:border-0" title={`Request ${requestId}`}>
      <td className="py-2 pr-2 sm:pr-3 whitespace-nowrap tabular-nums">
        <time dateTime={createdAt}>{formatTime(createdAt)}</time>
      </td>
      <td className="py-2 pr-2 sm:pr-3 font-mono text-xs">{model}</td>
      <td className="py-2 pr-2 sm:pr-3">
        <Badge tone={outcome === 'succeeded' ? 'success' : 'danger'}>
          {errorCode ? toWords(errorCode) : outcome}
        </Badge>
        {cached && (
          <span className="ml-1.5 hidden sm:inline">
            <Badge tone="accent">cached</Badge>
          </span>
        )}
      </td>
      <td className="hidden max-w-60 truncate py-2 pr-2 sm:pr-3 sm:table-cell">{summarise(output)}</td>
      <td className="hidden py-2 pr-2 sm:pr-3 text-right tabular-nums md:table-cell">
        {formatMs(timing.computeMs)}
      </td>
      <td className="py-2 text-right whitespace-nowrap tabular-nums">{formatMs(timing.totalMs)}</td>
    </tr>
  );
}

function toWords(errorCode: string): string {
  return errorCode.toLowerCase().replaceAll('_', ' ');
}

/** The first plain value of an output: what was predicted. */
function summarise(output: unknown): string {
  if (typeof output !== 'object' || output === null)
    return output === null || output === undefined ? '–' : formatValue(output);
  const first: unknown = Object.values(output).find((value) => typeof value !== 'object');
  return first === undefined ? formatValue(output) : formatValue(first);
}
