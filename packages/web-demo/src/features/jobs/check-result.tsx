import { type CheckSummary, checkSummarySchema, type Job } from '@oriel/schemas';
import { CircleCheck } from 'lucide-react';
import { DownloadLinks } from '../../components/download-links.tsx';
import { Notice } from '../../components/notice.tsx';
import { ScrolledTable } from '../../components/scrolled-table.tsx';
import { formatCount, formatCountOf } from '../../lib/format.ts';
import { toDatasetLink } from '../../lib/links.ts';

/** What a check found: how many rows would fail, why, and the report with each of them. */
export function CheckResult({ job: { summary, resultsId } }: { job: Job }) {
  const found = checkSummarySchema.safeParse(summary).data;
  if (!found) return null;
  if (found.rowsFailed === 0)
    return (
      <p className="flex items-center gap-2 font-medium text-success">
        <CircleCheck aria-hidden className="size-5" /> All {formatCountOf(found.rows, 'row')} can be scored.
      </p>
    );
  return (
    <div className="space-y-4">
      <Notice
        tone="warning"
        title={`${formatCount(found.rowsFailed)} of ${formatCountOf(found.rows, 'row')} would fail`}
      />
      <CauseTable causes={found.causes} />
      {resultsId !== null && (
        <div className="flex flex-wrap items-center gap-3 text-sm">
          <a href={toDatasetLink(resultsId)} className="text-accent underline">
            The report, with each row
          </a>
          <DownloadLinks datasetId={resultsId} />
        </div>
      )}
    </div>
  );
}

function CauseTable({ causes }: Pick<CheckSummary, 'causes'>) {
  return (
    <ScrolledTable label="Causes" titles={['Field', 'What was expected', 'Rows', 'First at row']}>
      {causes.map(({ field, rule, message, rows, firstRow }) => (
        <tr key={`${field} ${rule} ${message}`} className="border-b border-line last:border-0">
          <td className="py-2 pr-3 font-mono text-xs">{field}</td>
          <td className="py-2 pr-3">{message}</td>
          <td className="py-2 pr-3 tabular-nums">{formatCount(rows)}</td>
          <td className="py-2 tabular-nums">{formatCount(firstRow)}</td>
        </tr>
      ))}
    </ScrolledTable>
  );
}
