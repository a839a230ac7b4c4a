import type { DatasetVersion } from '@oriel/schemas';
import { IssueList } from '../../components/issue-list.tsx';
import { Notice } from '../../components/notice.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';

/** What keeps the newest version from being used: it is still read, or cannot be. */
export function ImportState({ version }: { version: DatasetVersion }) {
  const { state, sourceName, error } = version;
  if (state === 'importing')
    return (
      <div className="space-y-2 rounded-xl border border-line bg-card p-4">
        <p role="status" className="text-sm">
          The server reads {sourceName}: it finds out the columns and looks at every value. This page shows
          them as soon as they are there.
        </p>
        <ProgressBar label={`Reading ${sourceName}`} value={0} max={null} />
      </div>
    );
  if (state === 'failed')
    return (
      <Notice tone="error" title={`${sourceName} could not be read`}>
        {error && (
          <>
            <p className="text-sm">{error.message}</p>
            <IssueList error={error} />
          </>
        )}
        <p className="mt-1 text-sm">
          {version.version > 1
            ? 'The version before it is still there. Mend the file and upload it again.'
            : 'Mend the file and upload it again.'}
        </p>
      </Notice>
    );
  return null;
}
