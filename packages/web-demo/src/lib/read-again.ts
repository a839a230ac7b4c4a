import { problemOf } from '@oriel/client';
import { useQueryClient } from '@tanstack/react-query';

/** Reads all again that is on screen and could not be read: what keeps one from an answer keeps others. */
export function useReadAgain(): () => void {
  const queryClient = useQueryClient();
  return () =>
    void queryClient.refetchQueries({ type: 'active', predicate: ({ state }) => state.status === 'error' });
}

/** Whether the same may be answered a little later. */
export function mayPass(error: unknown): boolean {
  const status = problemOf(error)?.status;
  return status === undefined || status >= 500 || status === 429;
}
