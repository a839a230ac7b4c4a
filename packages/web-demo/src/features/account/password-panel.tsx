import type { User } from '@oriel/schemas';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { Form } from '../../components/form.tsx';
import { NewPasswordField } from '../../components/new-password-field.tsx';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/panel.tsx';
import { TextField } from '../../components/text-field.tsx';
import { textIn } from '../../lib/form-data.ts';
import { toFormFailure } from '../../lib/form-failure.ts';
import { useAuthState } from '../../lib/session.ts';
import { useTRPC } from '../../lib/trpc.ts';

/** Another password, which signs out all other browsers. */
export function PasswordPanel({ user }: { user: User }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data: state } = useAuthState();
  const sent = useRef<HTMLFormElement>(null);
  const change = useMutation(
    trpc.auth.changePassword.mutationOptions({
      onSuccess: async () => {
        sent.current?.reset();
        await queryClient.invalidateQueries(trpc.auth.pathFilter());
      },
    }),
  );
  const { errors, detail } = toFormFailure(change.error, ['currentPassword', 'newPassword']);

  return (
    <Panel title="Password">
      <div className="max-w-md space-y-4">
        {change.isSuccess && (
          <Notice tone="info" title="The password is changed">
            <p className="text-sm">All other browsers are signed out.</p>
          </Notice>
        )}
        <Form
          label="Change the password"
          submit="Change the password"
          isPending={change.isPending}
          failure={detail}
          refusal={change.error}
          onSubmit={(data, form) => {
            sent.current = form;
            const newPassword = textIn(data, 'newPassword');
            change.mutate({
              newPassword,
              currentPassword: user.hasPassword ? textIn(data, 'currentPassword') : null,
            });
          }}
        >
          {/* tells password managers whose it is */}
          <input type="text" name="username" autoComplete="username" value={user.email} readOnly hidden />
          {user.hasPassword && (
            <TextField
              name="currentPassword"
              label="Current password"
              type="password"
              autoComplete="current-password"
              required
              error={errors.currentPassword}
            />
          )}
          <NewPasswordField
            name="newPassword"
            label="New password"
            charsMin={state?.passwordCharsMin}
            error={errors.newPassword}
          />
        </Form>
      </div>
    </Panel>
  );
}
