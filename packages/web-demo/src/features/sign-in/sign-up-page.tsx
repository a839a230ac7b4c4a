import { useMutation } from '@tanstack/react-query';
import { EmailField } from '../../components/email-field.tsx';
import { Form } from '../../components/form.tsx';
import { NarrowCard } from '../../components/narrow-card.tsx';
import { NewPasswordField } from '../../components/new-password-field.tsx';
import { Notice } from '../../components/notice.tsx';
import { PageHeading } from '../../components/page-heading.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { TextField } from '../../components/text-field.tsx';
import { textIn } from '../../lib/form-data.ts';
import { toFormFailure } from '../../lib/form-failure.ts';
import { useAuthState } from '../../lib/session.ts';
import { useTRPC } from '../../lib/trpc.ts';

/** For people without an account, where anybody may make one. */
export function SignUpPage() {
  const { data: state, isPending } = useAuthState();
  return (
    <NarrowCard>
      <PageHeading title="Sign up">
        Have an account? <SignInLink />
      </PageHeading>
      {isPending && <Skeleton label="Loading…" />}
      {!isPending && state?.registration !== 'open' && (
        <Notice tone="info" title="Only admins make accounts on this server">
          <p className="text-sm">Ask one of them for a sign-in link.</p>
        </Notice>
      )}
      {state?.registration === 'open' && <SignUpForm passwordCharsMin={state.passwordCharsMin} />}
    </NarrowCard>
  );
}

function SignUpForm({ passwordCharsMin }: { passwordCharsMin: number }) {
  const trpc = useTRPC();
  const register = useMutation(trpc.auth.register.mutationOptions());
  const { errors, detail } = toFormFailure(register.error, ['email', 'name', 'password']);

  // the same whether there was such an account already: the server tells nobody
  if (register.isSuccess)
    return (
      <Notice tone="info" title="Sign in now">
        <p className="text-sm">
          With the e-mail address and the password that you chose: <SignInLink />
        </p>
      </Notice>
    );
  return (
    <Form
      label="Sign up"
      submit="Make an account"
      isPending={register.isPending}
      failure={detail}
      refusal={register.error}
      onSubmit={(data) =>
        register.mutate({
          email: textIn(data, 'email'),
          name: textIn(data, 'name'),
          password: textIn(data, 'password'),
        })
      }
    >
      <EmailField autoComplete="username" autoFocus error={errors.email} />
      <TextField name="name" label="Name" autoComplete="name" required error={errors.name} />
      <NewPasswordField
        name="password"
        label="Password"
        charsMin={passwordCharsMin}
        error={errors.password}
      />
    </Form>
  );
}

function SignInLink() {
  return (
    <a href="#/sign-in" className="text-accent underline">
      Sign in
    </a>
  );
}
