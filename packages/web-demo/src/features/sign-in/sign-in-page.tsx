import { useMutation } from '@tanstack/react-query';
import { EmailField } from '../../components/email-field.tsx';
import { Form } from '../../components/form.tsx';
import { NarrowCard } from '../../components/narrow-card.tsx';
import { PageHeading } from '../../components/page-heading.tsx';
import { TextField } from '../../components/text-field.tsx';
import { textIn } from '../../lib/form-data.ts';
import { toFormFailure } from '../../lib/form-failure.ts';
import { useAuthState, useForgetAll } from '../../lib/session.ts';
import { useTRPC } from '../../lib/trpc.ts';
import { leaveTo } from './leave-to.ts';
import { ProviderRefused, ProviderSignIn } from './provider-sign-in.tsx';

interface Props {
  /** Why another site did not sign in whom it sent back. */
  readonly error?: string;
}

/** For people with an account. Shown in place of a page that needs one, which then appears. */
export function SignInPage({ error }: Props) {
  const trpc = useTRPC();
  const forgetAll = useForgetAll();
  const { data: state } = useAuthState();
  const signIn = useMutation(
    trpc.auth.signIn.mutationOptions({
      onSuccess: async () => {
        if (/^#\/sign-in(\?|$)/.test(window.location.hash)) leaveTo('#/');
        await forgetAll();
      },
    }),
  );
  const { errors, detail } = toFormFailure(signIn.error, ['email', 'password']);

  return (
    <NarrowCard>
      <PageHeading title="Sign in">
        {state?.registration === 'open' ? (
          <>
            No account yet?{' '}
            <a href="#/sign-up" className="text-accent underline">
              Sign up
            </a>
          </>
        ) : (
          'An admin of this server makes the accounts.'
        )}
      </PageHeading>
      {error !== undefined && <ProviderRefused reason={error} />}
      <Form
        label="Sign in"
        submit="Sign in"
        isPending={signIn.isPending}
        failure={detail}
        refusal={signIn.error}
        onSubmit={(data) =>
          signIn.mutate({ email: textIn(data, 'email'), password: textIn(data, 'password') })
        }
      >
        <EmailField autoComplete="username" autoFocus error={errors.email} />
        <TextField
          name="password"
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          error={errors.password}
        />
      </Form>
      {state?.provider && <ProviderSignIn name={state.provider.name} />}
    </NarrowCard>
  );
}
