import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from '../../components/button.tsx';
import { Form } from '../../components/form.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useCallKey } from '../../lib/call-key.ts';
import { textIn } from '../../lib/form-data.ts';
import { toFormFailure } from '../../lib/form-failure.ts';
import { toDatasetLink } from '../../lib/links.ts';
import { useTRPC } from '../../lib/trpc.ts';

/** A dataset that the server fetches itself. */
export function FromUrlForm({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const toKey = useCallKey();
  const queryClient = useQueryClient();
  const create = useMutation(
    trpc.datasets.create.mutationOptions({
      onSuccess: ({ id }) => {
        window.location.hash = toDatasetLink(id);
        void queryClient.invalidateQueries(trpc.datasets.pathFilter());
      },
    }),
  );
  const { errors, detail } = toFormFailure(create.error, ['url', 'name']);
  return (
    <div className="rounded-lg border border-line bg-sunken p-4">
      <Form
        label="Dataset from an address"
        submit="Fetch it"
        isPending={create.isPending}
        failure={detail}
        refusal={create.error}
        onSubmit={(data) => {
          const name = textIn(data, 'name').trim();
          const input = { url: textIn(data, 'url'), ...(name !== '' && { name }) };
          create.mutate({ ...input, idempotencyKey: toKey(input) });
        }}
      >
        <TextField
          name="url"
          label="Address"
          type="url"
          required
          autoFocus
          placeholder="https://example.com/penguins.csv"
          help="A public one: the server fetches nothing from networks of its own."
          error={errors.url}
        />
        <TextField name="name" label="Name" autoComplete="off" error={errors.name} />
      </Form>
      <Button look="quiet" onClick={onDone} className="mt-2">
        Cancel
      </Button>
    </div>
  );
}
