import type { Job } from '@oriel/schemas';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSubscription } from '@trpc/tanstack-react-query';
import { useTRPC } from '../../lib/trpc.ts';
import { isFinal } from './job-words.ts';

/** How soon to ask where no events come, e.g. since a proxy holds them back. */
const pollMs = 2000;

/** A job as it is now: the server tells each change. */
export function useJob(id: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const queryKey = trpc.jobs.get.queryKey({ id });
  // read once more than needed: an event may come before the first answer
  const known = queryClient.getQueryData(queryKey);
  const isOver = known !== undefined && isFinal(known);

  function take(event: Job) {
    const isFirst = queryClient.getQueryData(queryKey) === undefined;
    queryClient.setQueryData(queryKey, (before) => toNewer(before, event));
    // its results are there now, and lists tell another state
    if (isFinal(event) && !isFirst) void queryClient.invalidateQueries(trpc.datasets.pathFilter());
  }

  const events = useSubscription(
    trpc.jobs.events.subscriptionOptions({ id }, { enabled: !isOver, onData: ({ data }) => take(data) }),
  );
  return useQuery(
    trpc.jobs.get.queryOptions(
      { id },
      // also while a stream does not open, and once one has ended before the job
      { refetchInterval: events.status !== 'pending' && !isOver ? pollMs : false },
    ),
  );
}

/** Events may come late; what is known of a later revision stays. */
export function toNewer(before: Job | undefined, event: Job): Job {
  return before && before.revision >= event.revision ? before : event;
}
