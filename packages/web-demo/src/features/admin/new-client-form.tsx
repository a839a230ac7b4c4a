import type { NewOauthClient } from '@oriel/schemas';
import { useMutation } from '@tanstack/react-query';
import { Button } from '../../components/button.tsx';
import { Form } from '../../components/form.tsx';
import { ScopeFields } from '../../components/scope-fields.tsx';
import { TextField } from '../../components/text-field.tsx';
import { textIn } from '../../lib/form-data.ts';
import { toFormFailure } from '../../lib/form-failure.ts';
import { scopesIn } from '../../lib/scopes.ts';
import { useTRPC } from '../../lib/trpc.ts';

interface Props {
  readonly onMade: (made: NewOauthClient) => void;
  readonly onCancel: () => void;
}

/** What a new service client is called, and what it may do. */
export function NewClientForm({ onMade, onCancel }: Props) {
  const trpc = useTRPC();
  const create = useMutation(trpc.clients.create.mutationOptions({ onSuccess: onMade }));
  const { errors, detail } = toFormFailure(create.error, ['name', 'scopes']);

  return (
    <div className="rounded-lg border border-line bg-sunken p-4">
      <Form
        label="New service client"
        submit="Add the client"
        isPending={create.isPending}
        failure={detail}
        refusal={create.error}
        onSubmit={(data) => create.mutate({ name: textIn(data, 'name'), scopes: scopesIn(data) })}
      >
        <TextField name="name" label="Name" autoComplete="off" required autoFocus error={errors.name} />
        <ScopeFields grantedBy="admin" error={errors.scopes} />
      </Form>
      <Button look="quiet" onClick={onCancel} className="mt-2">
        Cancel
      </Button>
    </div>
  );
}
