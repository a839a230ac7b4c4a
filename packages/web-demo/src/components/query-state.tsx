import { Notice } from './notice.tsx';
import { Skeleton } from './skeleton.tsx';

/** What stands above a list while it loads, and what went wrong with it. */
export function QueryState({ isPending, error }: { isPending: boolean; error: string | null }) {
  if (error !== null) return <Notice tone="error" title={error} />;
  return isPending ? <Skeleton label="Loading…" /> : null;
}
