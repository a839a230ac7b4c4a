import type { DatasetVersion } from '@oriel/schemas';
import { useQuery } from '@tanstack/react-query';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { FileDrop } from '../../components/file-drop.tsx';
import { Panel } from '../../components/panel.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { formatBytes, formatCountOf, formatTime } from '../../lib/format.ts';
import { useTRPC } from '../../lib/trpc.ts';
import { acceptedFiles } from './accepted-files.ts';
import { describeChanges } from './schema-changes.ts';

interface Props {
  readonly datasetId: string;
  /** The version that the page shows; null for the latest that can be read. */
  readonly shown: number | null;
  readonly onShow: (version: number) => void;
  /** Null where there can be no new version. */
  readonly onFile: ((files: readonly File[]) => void) | null;
}

/** The rows at different times, newest first, and how their columns differ. */
export function VersionsPanel({ datasetId, shown, onShow, onFile }: Props) {
  const trpc = useTRPC();
  const { data, error, isPending } = useQuery(trpc.datasets.versions.queryOptions({ id: datasetId }));
  return (
    <Panel title="Versions">
      <div className="space-y-4">
        {onFile && (
          <FileDrop
            label="A file with a new version"
            hint="or drop it here, to make a new version of this dataset"
            accept={acceptedFiles}
            onFiles={onFile}
          />
        )}
        <QueryState isPending={isPending} error={error} />
        <ul aria-label="Versions" className="divide-y divide-line">
          {data?.items.map((version) => (
            <VersionRow
              key={version.version}
              version={version}
              isShown={version.version === shown}
              onShow={() => onShow(version.version)}
            />
          ))}
        </ul>
      </div>
    </Panel>
  );
}

interface RowProps {
  readonly version: DatasetVersion;
  readonly isShown: boolean;
  readonly onShow: () => void;
}

function VersionRow({ version, isShown, onShow }: RowProps) {
  const { version: number, state, error, rows, sourceName, sizeBytes, changes, createdAt } = version;
  return (
    <li className="flex flex-wrap items-center justify-between gap-2 py-2.5 text-sm">
      <div className="min-w-0 space-y-0.5 wrap-anywhere">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          Version {number}
          {isShown && <Badge tone="accent">shown here</Badge>}
          {state === 'importing' && <Badge>being read</Badge>}
          {state === 'failed' && <Badge tone="danger">not readable</Badge>}
        </p>
        <p className="text-xs text-muted">
          {sourceName}, {formatBytes(sizeBytes)} · {rows === null ? '' : `${formatCountOf(rows, 'row')} · `}
          {formatTime(createdAt)}
        </p>
        {changes && (
          <ul aria-label={`What changed in version ${number}`} className="list-disc pl-5">
            {describeChanges(changes).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
        {error && <p className="text-danger">{error.message}</p>}
      </div>
      {state === 'ready' && !isShown && (
        <Button aria-label={`Show version ${number}`} onClick={onShow}>
          Show
        </Button>
      )}
    </li>
  );
}
