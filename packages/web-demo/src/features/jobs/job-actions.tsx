import type { Job } from '@oriel/schemas';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from '../../components/button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Notice } from '../../components/notice.tsx';
import { explainError } from '../../lib/form-failure.ts';
import { toJobLink } from '../../lib/links.ts';
import { useTRPC } from '../../lib/trpc.ts';
import { listActions } from './job-words.ts';
import { toNewer } from './use-job.ts';

/** What may be done with a job now: paused, resumed, cancelled, its failed rows tried again. */
export function JobActions({ job }: { job: Job }) {
  const actions = listActions(job);
  const { pause, resume, cancel, retry, error, isPending } = useJobActions(job.id);
  return (
    <div className="flex flex-wrap items-center gap-2">
      {actions.includes('pause') && (
        <Button isBusy={isPending} onClick={pause}>
          Pause
        </Button>
      )}
      {actions.includes('resume') && (
        <Button isBusy={isPending} onClick={resume}>
          Resume
        </Button>
      )}
      {actions.includes('cancel') && (
        <ConfirmButton label="Cancel the job" action="Cancel" isBusy={isPending} onConfirm={cancel} />
      )}
      {actions.includes('retryFailed') && (
        <Button isBusy={isPending} onClick={retry}>
          {job.state === 'succeeded' ? 'Try failed rows again' : 'Try again'}
        </Button>
      )}
      {error !== null && <Notice tone="error" title={explainError(error)} />}
    </div>
  );
}

function useJobActions(id: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const options = {
    onSuccess: (job: Job) => {
      queryClient.setQueryData(trpc.jobs.get.queryKey({ id }), (before) => toNewer(before, job));
    },
    onSettled: () => queryClient.invalidateQueries(trpc.jobs.list.pathFilter()),
  };
  const pause = useMutation(trpc.jobs.pause.mutationOptions(options));
  const resume = useMutation(trpc.jobs.resume.mutationOptions(options));
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions(options));
  const retry = useMutation(
    trpc.jobs.retryFailed.mutationOptions({
      onSuccess: (job) => {
        window.location.hash = toJobLink(job.id);
      },
    }),
  );
  const all = [pause, resume, cancel, retry];
  // what was refused before says nothing of what is asked now
  const ask = (mutation: (typeof all)[number]) => () => {
    for (const each of all) each.reset();
    mutation.mutate({ id });
  };
  return {
    pause: ask(pause),
    resume: ask(resume),
    cancel: ask(cancel),
    retry: ask(retry),
    error: all.find((mutation) => mutation.error)?.error ?? null,
    isPending: all.some((mutation) => mutation.isPending),
  };
}
