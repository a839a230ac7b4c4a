import type { Webhook } from '@oriel/schemas';
import { TextField } from '../../components/text-field.tsx';
import { textIn } from '../../lib/form-data.ts';

/** Whom to tell when a job has ended. */
export function WebhookFields() {
  return (
    <details className="text-sm">
      <summary className="cursor-pointer font-medium">Tell another program when it has ended</summary>
      <div className="mt-3 space-y-4">
        <TextField
          name="webhookUrl"
          label="Webhook"
          type="url"
          inputMode="url"
          autoComplete="off"
          placeholder="https://example.org/scored"
          help="Called with POST; a call that fails is tried again for a day."
        />
        <TextField
          name="webhookSecret"
          label="Secret of the webhook"
          type="password"
          autoComplete="off"
          help="16 characters at least. The call is signed with it, so that its receiver can tell it from others."
        />
      </div>
    </details>
  );
}

/** What was filled in: undefined when there is nobody to tell. */
export function webhookIn(data: FormData): Webhook | undefined {
  const url = textIn(data, 'webhookUrl').trim();
  const secret = textIn(data, 'webhookSecret');
  if (url === '' && secret === '') return undefined;
  return { url, ...(secret !== '' && { secret }) };
}
