import { explainError } from '../lib/form-failure.ts';
import { Notice } from './notice.tsx';
import { ReadFailure } from './read-failure.tsx';
import { Skeleton } from './skeleton.tsx';

interface Props {
  readonly isPending: boolean;
  readonly error: unknown;
  /** Of what was done to the list: it can be done again where it was. */
  readonly actionError?: unknown;
}

/** What stands above a list while it loads, and what went wrong with it. */
export function QueryState({ isPending, error, actionError }: Props) {
  if (error) return <ReadFailure error={error} />;
  if (actionError) return <Notice tone="error" title={explainError(actionError)} />;
  return isPending ? <Skeleton label="Loading…" /> : null;
}
