import type { ColumnMapping, Dataset, ModelSummary } from '@oriel/schemas';
import { useMutation } from '@tanstack/react-query';
import { Form } from '../../components/form.tsx';
import { Panel } from '../../components/panel.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useCallKey } from '../../lib/call-key.ts';
import { textIn } from '../../lib/form-data.ts';
import { toFormFailure } from '../../lib/form-failure.ts';
import { formatCountOf } from '../../lib/format.ts';
import { toJobLink } from '../../lib/links.ts';
import { useTRPC } from '../../lib/trpc.ts';
import { WebhookFields, webhookIn } from './webhook-fields.tsx';

interface Props {
  readonly dataset: Dataset;
  readonly model: ModelSummary;
  readonly mapping: ColumnMapping;
  /** Fields that the model needs and no column fills. */
  readonly missing: readonly string[];
}

/** Starts the job, and shows it. */
export function StartPanel({ dataset, model, mapping, missing }: Props) {
  const trpc = useTRPC();
  const toKey = useCallKey();
  const start = useMutation(
    trpc.jobs.predictDataset.mutationOptions({
      onSuccess: ({ id }) => {
        window.location.hash = toJobLink(id);
      },
    }),
  );
  const { errors, detail } = toFormFailure(start.error, ['name']);
  return (
    <Panel title="Score">
      <div className="max-w-md">
        <Form
          label="Score"
          submit={`Score ${formatCountOf(dataset.latest.rows ?? 0, 'row')}`}
          isPending={start.isPending}
          failure={detail}
          refusal={start.error}
          onSubmit={(data) => {
            const name = textIn(data, 'name').trim();
            const input = {
              datasetId: dataset.id,
              model: model.id,
              mapping,
              keepColumns: data.has('keepColumns'),
              webhook: webhookIn(data),
              ...(name !== '' && { name }),
            };
            start.mutate({ ...input, idempotencyKey: toKey(input) });
          }}
        >
          <TextField
            name="name"
            label="Name of the results"
            autoComplete="off"
            placeholder={`${dataset.name}: ${model.id}`}
            error={errors.name}
          />
          <label className="flex items-center gap-2 text-sm">
            <input type="checkbox" name="keepColumns" defaultChecked />
            Results have the columns of the dataset too
          </label>
          <WebhookFields />
          {missing.length > 0 && (
            <p className="text-sm font-medium text-warning">
              The model needs {missing.join(', ')}: choose a column.
            </p>
          )}
        </Form>
      </div>
    </Panel>
  );
}
