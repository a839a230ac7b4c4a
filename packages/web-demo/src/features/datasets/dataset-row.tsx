import type { Dataset, DatasetVersion } from '@oriel/schemas';
import { Badge } from '../../components/badge.tsx';
import { formatBytes, formatCountOf, formatTime } from '../../lib/format.ts';
import { toDatasetLink } from '../../lib/links.ts';
import { DatasetBadges } from './dataset-badge.tsx';
import { RestoreButton } from './restore-button.tsx';

/** One dataset of the list. */
export function DatasetRow({ dataset }: { dataset: Dataset }) {
  const { id, name, description, tags, latest, isMine, createdAt, deletedAt } = dataset;
  return (
    <li className="flex flex-wrap items-center justify-between gap-2 py-2.5 text-sm">
      <div className="min-w-0 space-y-0.5 wrap-anywhere">
        <p className="flex flex-wrap items-center gap-2">
          {deletedAt === null ? (
            <a href={toDatasetLink(id)} className="font-medium text-accent underline">
              {name}
            </a>
          ) : (
            <span className="font-medium">{name}</span>
          )}
          <DatasetBadges dataset={dataset} />
          {tags.map((tag) => (
            <Badge key={tag} tone="accent">
              {tag}
            </Badge>
          ))}
        </p>
        {description !== '' && <p className="line-clamp-2 text-muted">{description}</p>}
        {latest.state === 'failed' && latest.error && <p className="text-danger">{latest.error.message}</p>}
      </div>
      <p className="text-xs text-muted tabular-nums">
        {describeVersion(latest)} · {formatTime(createdAt)}
      </p>
      {deletedAt !== null && isMine && <RestoreButton id={id} name={name} />}
    </li>
  );
}

/** How large it is: `1,000 rows × 7 columns · csv, 40.1 kB · version 2`. */
export function describeVersion({ version, rows, columns, format, sizeBytes }: DatasetVersion): string {
  const table =
    rows === null ? [] : [`${formatCountOf(rows, 'row')} × ${formatCountOf(columns.length, 'column')}`];
  const file = `${format}, ${formatBytes(sizeBytes)}`;
  return [...table, file, ...(version > 1 ? [`version ${version}`] : [])].join(' · ');
}
