import type { Dataset } from '@oriel/schemas';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Form } from '../../components/form.tsx';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/panel.tsx';
import { TextArea } from '../../components/text-area.tsx';
import { TextField } from '../../components/text-field.tsx';
import { textIn } from '../../lib/form-data.ts';
import { explainError, toFormFailure } from '../../lib/form-failure.ts';
import { useTRPC } from '../../lib/trpc.ts';

/** What it is called and said to be; and the way to be rid of it. */
export function DetailsPanel({ dataset }: { dataset: Dataset }) {
  const { id, name, description, tags } = dataset;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const update = useMutation(
    trpc.datasets.update.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.datasets.pathFilter()),
    }),
  );
  const { errors, detail } = toFormFailure(update.error, ['name', 'description', 'tags']);
  return (
    <Panel title="Details" aside={<DeleteButton dataset={dataset} />}>
      <div className="max-w-md space-y-4">
        {update.isSuccess && <Notice tone="info" title="Saved" />}
        <Form
          label="Details of the dataset"
          submit="Save"
          isPending={update.isPending}
          failure={detail}
          refusal={update.error}
          onSubmit={(data) =>
            update.mutate({
              id,
              name: textIn(data, 'name'),
              description: textIn(data, 'description'),
              tags: toTags(textIn(data, 'tags')),
            })
          }
        >
          <TextField name="name" label="Name" required defaultValue={name} error={errors.name} />
          <TextArea
            name="description"
            label="Description"
            defaultValue={description}
            error={errors.description}
          />
          <TextField
            name="tags"
            label="Tags"
            defaultValue={tags.join(', ')}
            help="With commas between them."
            error={errors.tags}
          />
        </Form>
      </div>
    </Panel>
  );
}

const toTags = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  ),
];

function DeleteButton({ dataset: { id, name, deletedAt } }: { dataset: Dataset }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.datasets.delete.mutationOptions({
      onSuccess: async () => {
        window.location.hash = '#/datasets';
        await queryClient.invalidateQueries(trpc.datasets.list.pathFilter());
      },
    }),
  );
  if (deletedAt !== null) return null;
  return (
    <div className="space-y-2">
      <ConfirmButton
        label={`Delete ${name}`}
        action="Delete"
        isBusy={remove.isPending}
        onConfirm={() => remove.mutate({ id })}
      />
      {remove.error && <Notice tone="error" title={explainError(remove.error)} />}
    </div>
  );
}
