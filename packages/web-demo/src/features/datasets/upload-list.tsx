import { X } from 'lucide-react';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { IssueList } from '../../components/issue-list.tsx';
import { Notice } from '../../components/notice.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { formatBytes, formatCountOf } from '../../lib/format.ts';
import { toDatasetLink } from '../../lib/links.ts';
import type { Upload } from './uploads.ts';

interface Props {
  readonly uploads: readonly Upload[];
  readonly onStop: (id: number) => void;
  readonly onDismiss: (id: number) => void;
}

/** Files on their way, and what became of them. */
export function UploadList({ uploads, onStop, onDismiss }: Props) {
  if (uploads.length === 0) return null;
  return (
    <ul aria-label="Uploads" className="space-y-3">
      {uploads.map((upload) => (
        <li key={upload.id}>
          <UploadRow
            upload={upload}
            onStop={() => onStop(upload.id)}
            onDismiss={() => onDismiss(upload.id)}
          />
        </li>
      ))}
    </ul>
  );
}

interface RowProps {
  readonly upload: Upload;
  readonly onStop: () => void;
  readonly onDismiss: () => void;
}

function UploadRow({ upload, onStop, onDismiss }: RowProps) {
  const { name, state, error } = upload;
  if (state === 'failed' && error)
    return (
      <Notice tone="error" title={`${name} could not be taken in`}>
        <p className="text-sm">{error.message}</p>
        <IssueList error={error} />
        <Button className="mt-2" onClick={onDismiss}>
          Understood
        </Button>
      </Notice>
    );
  return state === 'ready' ? (
    <ReadyRow upload={upload} onDismiss={onDismiss} />
  ) : (
    <RunningRow upload={upload} onStop={onStop} />
  );
}

function RunningRow({ upload, onStop }: Pick<RowProps, 'upload' | 'onStop'>) {
  const { name, state, sizeBytes, sentBytes } = upload;
  return (
    <div className="space-y-1.5 text-sm">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="min-w-0 wrap-anywhere">
          <span className="font-medium">{name}</span>{' '}
          <span className="text-muted tabular-nums">
            {state === 'sending'
              ? `${formatBytes(sentBytes)} of ${formatBytes(sizeBytes)}`
              : 'The server reads it…'}
          </span>
        </p>
        {state === 'sending' && (
          <Button aria-label={`Stop: ${name}`} onClick={onStop}>
            Stop
          </Button>
        )}
      </div>
      <ProgressBar
        label={`Upload of ${name}`}
        value={sentBytes}
        max={state === 'sending' ? sizeBytes : null}
      />
    </div>
  );
}

function ReadyRow({ upload: { name, dataset }, onDismiss }: Pick<RowProps, 'upload' | 'onDismiss'>) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-2 text-sm">
      <p className="flex min-w-0 flex-wrap items-center gap-2 wrap-anywhere">
        <Badge tone="success">ready</Badge>
        {dataset ? (
          <a href={toDatasetLink(dataset.id)} className="font-medium text-accent underline">
            {dataset.name}
          </a>
        ) : (
          name
        )}
        {dataset && <span className="text-muted">{formatCountOf(dataset.latest.rows ?? 0, 'row')}</span>}
      </p>
      <Button look="quiet" aria-label={`Take off the list: ${name}`} onClick={onDismiss}>
        <X aria-hidden className="size-4" />
      </Button>
    </div>
  );
}
