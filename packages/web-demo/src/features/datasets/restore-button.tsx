import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { explainError } from '../../lib/form-failure.ts';
import { useTRPC } from '../../lib/trpc.ts';

/** Brings back what was deleted. */
export function RestoreButton({ id, name }: { id: string; name: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const restore = useMutation(
    trpc.datasets.restore.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.datasets.pathFilter()),
    }),
  );
  return (
    <>
      <Button
        aria-label={`Restore ${name}`}
        isBusy={restore.isPending}
        onClick={() => restore.mutate({ id })}
      >
        Restore
      </Button>
      {restore.error && <Notice tone="error" title={explainError(restore.error)} />}
    </>
  );
}
