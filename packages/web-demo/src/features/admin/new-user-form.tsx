import { type NewUser, roleSchema } from '@oriel/schemas';
import { useMutation } from '@tanstack/react-query';
import { Button } from '../../components/button.tsx';
import { EmailField } from '../../components/email-field.tsx';
import { Form } from '../../components/form.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { TextField } from '../../components/text-field.tsx';
import { textIn } from '../../lib/form-data.ts';
import { toFormFailure } from '../../lib/form-failure.ts';
import { useTRPC } from '../../lib/trpc.ts';

const roles = { member: 'Member', admin: 'Admin: may do everything' } as const;

/** Who gets an account; the person chooses the password, with a link. */
export function NewUserForm({ onMade, onCancel }: { onMade: (made: NewUser) => void; onCancel: () => void }) {
  const trpc = useTRPC();
  const create = useMutation(trpc.users.create.mutationOptions({ onSuccess: onMade }));
  const { errors, detail } = toFormFailure(create.error, ['email', 'name', 'role']);

  return (
    <div className="rounded-lg border border-line bg-sunken p-4">
      <Form
        label="New user"
        submit="Add the user"
        isPending={create.isPending}
        failure={detail}
        refusal={create.error}
        onSubmit={(data) =>
          create.mutate({
            email: textIn(data, 'email'),
            name: textIn(data, 'name'),
            role: roleSchema.parse(textIn(data, 'role')),
          })
        }
      >
        <EmailField autoComplete="off" autoFocus error={errors.email} />
        <TextField name="name" label="Name" autoComplete="off" required error={errors.name} />
        <SelectField name="role" label="Role" options={roles} defaultValue="member" error={errors.role} />
      </Form>
      <Button look="quiet" onClick={onCancel} className="mt-2">
        Cancel
      </Button>
    </div>
  );
}
