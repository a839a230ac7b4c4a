import type { DatasetShare } from '@oriel/schemas';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from '../../components/button.tsx';
import { EmailField } from '../../components/email-field.tsx';
import { Form } from '../../components/form.tsx';
import { Panel } from '../../components/panel.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { textIn } from '../../lib/form-data.ts';
import { toFormFailure } from '../../lib/form-failure.ts';
import { formatDate } from '../../lib/format.ts';
import { useTRPC } from '../../lib/trpc.ts';

/** Who else may read it. */
export function SharingPanel({ datasetId }: { datasetId: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const shares = useQuery(trpc.datasets.shares.queryOptions({ id: datasetId }));
  const refresh = () => queryClient.invalidateQueries(trpc.datasets.shares.pathFilter());
  const share = useMutation(trpc.datasets.share.mutationOptions({ onSettled: refresh }));
  const unshare = useMutation(trpc.datasets.unshare.mutationOptions({ onSettled: refresh }));
  const failure = toFormFailure(share.error, ['email']);

  return (
    <Panel title="Sharing">
      <div className="max-w-md space-y-4">
        <Form
          label="Share the dataset"
          submit="Share"
          isPending={share.isPending}
          failure={failure.detail}
          refusal={share.error}
          onSubmit={(data, form) =>
            share.mutate({ id: datasetId, email: textIn(data, 'email') }, { onSuccess: () => form.reset() })
          }
        >
          <EmailField
            autoComplete="off"
            help="Of a person with an account here, who may then read it and change nothing."
            error={failure.errors.email}
          />
        </Form>
        <QueryState isPending={shares.isPending} error={shares.error} actionError={unshare.error} />
        {shares.data?.items.length === 0 && <p className="text-sm text-muted">Nobody else reads it.</p>}
        <ul aria-label="Readers" className="divide-y divide-line">
          {shares.data?.items.map((reader) => (
            <ReaderRow
              key={reader.userId}
              reader={reader}
              isBusy={unshare.isPending}
              onEnd={() => unshare.mutate({ id: datasetId, userId: reader.userId })}
            />
          ))}
        </ul>
      </div>
    </Panel>
  );
}

interface RowProps {
  readonly reader: DatasetShare;
  readonly isBusy: boolean;
  readonly onEnd: () => void;
}

function ReaderRow({ reader: { name, email, createdAt }, isBusy, onEnd }: RowProps) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-2 py-2.5 text-sm">
      <div className="min-w-0 wrap-anywhere">
        <p className="font-medium">{name}</p>
        <p className="text-xs text-muted">
          {email} · since {formatDate(createdAt)}
        </p>
      </div>
      <Button aria-label={`Stop sharing with ${name}`} isBusy={isBusy} onClick={onEnd}>
        Stop sharing
      </Button>
    </li>
  );
}
