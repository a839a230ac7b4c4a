import type { User } from '@oriel/schemas';
import { useMutation } from '@tanstack/react-query';
import { LogOut } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { PageHeading } from '../../components/page-heading.tsx';
import { explainError } from '../../lib/form-failure.ts';
import { useForgetAll } from '../../lib/session.ts';
import { useTRPC } from '../../lib/trpc.ts';
import { KeysPanel } from './keys-panel.tsx';
import { PasswordPanel } from './password-panel.tsx';
import { SessionsPanel } from './sessions-panel.tsx';

/** What belongs to the person who is signed in. */
export function AccountPage({ user }: { user: User }) {
  const trpc = useTRPC();
  const forgetAll = useForgetAll();
  const signOut = useMutation(
    trpc.auth.signOut.mutationOptions({
      onSuccess: async () => {
        window.location.hash = '#/';
        await forgetAll();
      },
    }),
  );
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <PageHeading title="Your account">
          {user.name}, {user.email}, {user.role}
        </PageHeading>
        <Button isBusy={signOut.isPending} onClick={() => signOut.mutate()}>
          <LogOut aria-hidden className="size-4" /> Sign out
        </Button>
      </div>
      {signOut.error && (
        <Notice tone="error" title="You are still signed in">
          <p className="text-sm">{explainError(signOut.error)}</p>
        </Notice>
      )}
      <KeysPanel user={user} />
      <SessionsPanel />
      <PasswordPanel user={user} />
    </>
  );
}
