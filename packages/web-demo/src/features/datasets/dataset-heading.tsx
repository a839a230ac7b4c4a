import type { Dataset } from '@oriel/schemas';
import { Sparkles } from 'lucide-react';
import { Badge } from '../../components/badge.tsx';
import { DownloadLinks } from '../../components/download-links.tsx';
import { PageHeading } from '../../components/page-heading.tsx';
import { toJobLink, toScoreLink } from '../../lib/links.ts';
import { useIsAdmin } from '../../lib/session.ts';
import { DatasetBadges } from './dataset-badge.tsx';
import { describeVersion } from './dataset-row.tsx';
import { LeaveButton } from './leave-button.tsx';

interface Props {
  readonly dataset: Dataset;
  /** The version that is shown; null for the latest that can be read. */
  readonly version: number | null;
  readonly isReadable: boolean;
}

/** What it is called, how large it is, and what can be done with all of it. */
export function DatasetHeading({ dataset, version, isReadable }: Props) {
  const { id, name, description, tags, latest, isMine, jobId, deletedAt } = dataset;
  const isOlder = version !== null && version !== latest.version;
  // an admin reads also what nobody shared: there is nothing to leave
  const isShared = !useIsAdmin() && !isMine;
  return (
    <div className="space-y-3">
      <PageHeading title={name}>{describeVersion(latest)}</PageHeading>
      {description !== '' && <p className="max-w-prose whitespace-pre-line text-sm">{description}</p>}
      <p className="flex flex-wrap items-center gap-2 text-sm empty:hidden">
        {isOlder && <Badge tone="warning">version {version} is shown</Badge>}
        <DatasetBadges dataset={dataset} />
        {tags.map((tag) => (
          <Badge key={tag} tone="accent">
            {tag}
          </Badge>
        ))}
        {jobId !== null && (
          <a href={toJobLink(jobId)} className="text-accent underline">
            the job that made it
          </a>
        )}
      </p>
      <div className="flex flex-wrap items-center gap-2">
        {deletedAt === null && isReadable && (
          <>
            <a
              href={toScoreLink(id)}
              className="inline-flex items-center gap-1.5 rounded-lg bg-solid px-4 py-2 text-sm font-medium text-on-solid hover:bg-solid-hover"
            >
              <Sparkles aria-hidden className="size-4" />{' '}
              {isOlder && latest.state === 'ready' ? 'Score the latest version' : 'Score with a model'}
            </a>
            <DownloadLinks datasetId={id} selection={version === null ? {} : { version }} />
          </>
        )}
        {deletedAt === null && isShared && <LeaveButton dataset={dataset} />}
      </div>
    </div>
  );
}
