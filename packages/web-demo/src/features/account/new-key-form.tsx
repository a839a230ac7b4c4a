import type { NewApiKey, Role } from '@oriel/schemas';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { CheckboxGroup } from '../../components/checkbox-group.tsx';
import { Form } from '../../components/form.tsx';
import { ScopeFields } from '../../components/scope-fields.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { TextField } from '../../components/text-field.tsx';
import { textIn, valuesIn } from '../../lib/form-data.ts';
import { toFormFailure } from '../../lib/form-failure.ts';
import { scopesIn } from '../../lib/scopes.ts';
import { useTRPC } from '../../lib/trpc.ts';

const lives = { 30: '30 days', 90: '90 days', 365: 'A year', never: 'For ever' } as const;
const reaches = { all: 'All models, also later ones', some: 'Only some' } as const;

interface Props {
  readonly role: Role;
  readonly onMade: (made: NewApiKey) => void;
  readonly onCancel: () => void;
}

/** What a new key is for, what it may do and for how long. */
export function NewKeyForm({ role, onMade, onCancel }: Props) {
  const trpc = useTRPC();
  const create = useMutation(trpc.keys.create.mutationOptions({ onSuccess: onMade }));
  const models = useQuery(trpc.models.list.queryOptions());
  const [reach, setReach] = useState<string>('all');
  const { errors, detail } = toFormFailure(create.error, ['name', 'scopes', 'models', 'expiresAt']);

  return (
    <div className="rounded-lg border border-line bg-sunken p-4">
      <Form
        label="New API key"
        submit="Make the key"
        isPending={create.isPending}
        failure={detail}
        refusal={create.error}
        onSubmit={(data) =>
          create.mutate({
            name: textIn(data, 'name'),
            scopes: scopesIn(data),
            models: reach === 'all' ? null : valuesIn(data, 'models'),
            expiresAt: toExpiry(textIn(data, 'life')),
          })
        }
      >
        <TextField
          name="name"
          label="Name"
          required
          autoFocus
          autoComplete="off"
          help="What it is for, e.g. the program that has it."
          error={errors.name}
        />
        <ScopeFields grantedBy={role} error={errors.scopes} />
        <SelectField
          name="reach"
          label="Models"
          options={reaches}
          value={reach}
          onChange={(event) => setReach(event.target.value)}
        />
        {reach === 'some' && (
          <CheckboxGroup
            name="models"
            legend="Only these models"
            options={Object.fromEntries(models.data?.models.map(({ id, title }) => [id, title]) ?? [])}
            error={errors.models}
          />
        )}
        <SelectField
          name="life"
          label="Works for"
          options={lives}
          defaultValue="90"
          error={errors.expiresAt}
        />
      </Form>
      <Button look="quiet" onClick={onCancel} className="mt-2">
        Cancel
      </Button>
    </div>
  );
}

const dayMs = 86_400_000;

/** When a life of so many days ends; null for one that has no end. */
function toExpiry(days: string): string | null {
  return days === 'never' ? null : new Date(Date.now() + Number(days) * dayMs).toISOString();
}
