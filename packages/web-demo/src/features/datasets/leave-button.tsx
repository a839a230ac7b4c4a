import type { Dataset } from '@oriel/schemas';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Notice } from '../../components/notice.tsx';
import { explainError } from '../../lib/form-failure.ts';
import { useTRPC } from '../../lib/trpc.ts';

/** The way to be rid of what somebody else shares; its owner keeps it. */
export function LeaveButton({ dataset: { id, name } }: { dataset: Dataset }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const leave = useMutation(
    trpc.datasets.leave.mutationOptions({
      onSuccess: async () => {
        window.location.hash = '#/datasets';
        await queryClient.invalidateQueries(trpc.datasets.list.pathFilter());
      },
    }),
  );
  return (
    <>
      <ConfirmButton
        label={`Leave ${name}`}
        action="Leave"
        isBusy={leave.isPending}
        onConfirm={() => leave.mutate({ id })}
      />
      {leave.error && <Notice tone="error" title={explainError(leave.error)} />}
    </>
  );
}
