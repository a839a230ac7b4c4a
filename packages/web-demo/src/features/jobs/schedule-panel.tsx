import type { ColumnMapping, Dataset, ModelSummary } from '@oriel/schemas';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Form } from '../../components/form.tsx';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/panel.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { TextField } from '../../components/text-field.tsx';
import { textIn } from '../../lib/form-data.ts';
import { toFormFailure } from '../../lib/form-failure.ts';
import { useTRPC } from '../../lib/trpc.ts';
import { timesInWords, usualTimes } from './schedule-words.ts';
import { WebhookFields, webhookIn } from './webhook-fields.tsx';

interface Props {
  readonly dataset: Dataset;
  readonly model: ModelSummary;
  readonly mapping: ColumnMapping;
}

const own = 'own';

/** Has a dataset scored again and again, each time with the rows that it has by then. */
export function SchedulePanel({ dataset, model, mapping }: Props) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [times, setTimes] = useState<string>('0 6 * * *');
  const create = useMutation(
    trpc.jobs.schedules.create.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.jobs.schedules.pathFilter()),
    }),
  );
  const { errors, detail } = toFormFailure(create.error, ['cron', 'timeZone']);
  return (
    <Panel title="Score again and again">
      <div className="max-w-md space-y-4">
        <Form
          label="Schedule"
          submit="Add to your schedules"
          isPending={create.isPending}
          failure={detail}
          refusal={create.error}
          onSubmit={(data) =>
            create.mutate({
              cron: times === own ? textIn(data, 'cron') : times,
              timeZone: textIn(data, 'timeZone').trim(),
              job: { datasetId: dataset.id, model: model.id, mapping, webhook: webhookIn(data) },
            })
          }
        >
          <p className="text-sm text-muted">
            Each time a job scores the latest version of the dataset, whether this page is open or not.
          </p>
          <SelectField
            name="times"
            label="When"
            options={{ ...usualTimes, [own]: 'At other times' }}
            value={times}
            onChange={({ target }) => setTimes(target.value)}
            error={times === own ? '' : errors.cron}
          />
          {times === own && (
            <TextField
              name="cron"
              label="Cron expression"
              required
              autoComplete="off"
              placeholder="*/20 8-18 * * 1-5"
              help="Five fields: minute, hour, day of the month, month, day of the week."
              error={errors.cron}
            />
          )}
          <TextField
            name="timeZone"
            label="Time zone"
            required
            autoComplete="off"
            defaultValue={Intl.DateTimeFormat().resolvedOptions().timeZone}
            error={errors.timeZone}
          />
          <WebhookFields />
        </Form>
        {create.data && (
          <Notice tone="info" title={`${timesInWords(create.data.cron)} (${create.data.timeZone})`}>
            <p className="text-sm">
              It is among{' '}
              <a href="#/jobs" className="text-accent underline">
                your schedules
              </a>
              , where it can be deleted.
            </p>
          </Notice>
        )}
      </div>
    </Panel>
  );
}
