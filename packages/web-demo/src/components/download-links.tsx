import { type ExportFormat, exportFormatSchema } from '@oriel/schemas';
import { Download } from 'lucide-react';
import { type RowSelection, toExportUrl } from '../lib/links.ts';

const formatWords: Readonly<Record<ExportFormat, string>> = {
  csv: 'CSV',
  ndjson: 'NDJSON',
  parquet: 'Parquet',
};

/** The rows as files. The browser asks for them itself, so that their size does not matter. */
export function DownloadLinks({ datasetId, selection }: { datasetId: string; selection?: RowSelection }) {
  return (
    <ul aria-label="Download" className="flex flex-wrap gap-1.5 text-sm">
      {exportFormatSchema.options.map((format) => (
        <li key={format}>
          <a
            href={toExportUrl(datasetId, format, selection)}
            download
            aria-label={`Download as ${formatWords[format]}`}
            className="inline-flex items-center gap-1.5 rounded-lg border border-control bg-card px-3 py-1.5 hover:bg-hover"
          >
            <Download aria-hidden className="size-4" /> {formatWords[format]}
          </a>
        </li>
      ))}
    </ul>
  );
}
