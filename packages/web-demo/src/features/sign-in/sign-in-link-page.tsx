import { useMutation } from '@tanstack/react-query';
import { Form } from '../../components/form.tsx';
import { NarrowCard } from '../../components/narrow-card.tsx';
import { NewPasswordField } from '../../components/new-password-field.tsx';
import { PageHeading } from '../../components/page-heading.tsx';
import { textIn } from '../../lib/form-data.ts';
import { toFormFailure } from '../../lib/form-failure.ts';
import { useAuthState, useForgetAll } from '../../lib/session.ts';
import { useTRPC } from '../../lib/trpc.ts';
import { leaveTo } from './leave-to.ts';

/** Where a one-time link leads: a password is chosen, and that is signing in. */
export function SignInLinkPage({ token }: { token: string }) {
  const trpc = useTRPC();
  const forgetAll = useForgetAll();
  const { data: state } = useAuthState();
  const redeem = useMutation(
    trpc.auth.useLink.mutationOptions({
      onSuccess: async () => {
        // out of the history with the link: it works no more
        leaveTo('#/account');
        await forgetAll();
      },
    }),
  );
  const { errors, detail } = toFormFailure(redeem.error, ['password']);

  return (
    <NarrowCard>
      <PageHeading title="Choose a password">
        This link works once. With the password you sign in from now on.
      </PageHeading>
      <Form
        label="Choose a password"
        submit="Set the password and sign in"
        isPending={redeem.isPending}
        failure={detail}
        refusal={redeem.error}
        onSubmit={(data) => redeem.mutate({ token, password: textIn(data, 'password') })}
      >
        <NewPasswordField
          name="password"
          label="New password"
          charsMin={state?.passwordCharsMin}
          autoFocus
          error={errors.password}
        />
      </Form>
    </NarrowCard>
  );
}
