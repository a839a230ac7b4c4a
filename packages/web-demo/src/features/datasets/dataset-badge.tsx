import type { Dataset } from '@oriel/schemas';
import { Badge } from '../../components/badge.tsx';
import { useIsAdmin } from '../../lib/session.ts';

/** What one has to know of a dataset before using it; nothing for one of one's own that is ready. */
export function DatasetBadges({ dataset }: { dataset: Dataset }) {
  const { latest, isMine, origin, deletedAt } = dataset;
  const isAdmin = useIsAdmin();
  return (
    <>
      {latest.state === 'importing' && <Badge tone="accent">being read</Badge>}
      {latest.state === 'failed' && <Badge tone="danger">not readable</Badge>}
      {deletedAt !== null && <Badge tone="warning">deleted</Badge>}
      {origin === 'job' && <Badge>results</Badge>}
      {!isMine && <Badge>{isAdmin ? 'somebody else’s' : 'shared with you'}</Badge>}
    </>
  );
}
