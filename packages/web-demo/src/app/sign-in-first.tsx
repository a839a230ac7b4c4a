import { useMutation } from '@tanstack/react-query';
import { Button } from '../components/button.tsx';
import { Notice } from '../components/notice.tsx';
import { useForgetAll } from '../lib/session.ts';
import { useTRPC } from '../lib/trpc.ts';

/** In place of the models: this server shows them to nobody unknown, or the session of this browser is over. */
export function SignInFirst() {
  const trpc = useTRPC();
  const forgetAll = useForgetAll();
  // takes the cookie of the session that is over with it: without it, one is anonymous again
  const goOn = useMutation(trpc.auth.signOut.mutationOptions({ onSettled: forgetAll }));
  return (
    <Notice tone="warning" title="Sign in to see the models">
      <div className="mt-1 space-y-3 text-sm">
        <p>You were signed out, or this server is only for people with an account.</p>
        <div className="flex flex-wrap items-center gap-3">
          <a href="#/sign-in" className="text-accent underline">
            Sign in
          </a>
          <Button isBusy={goOn.isPending} onClick={() => goOn.mutate()}>
            Go on without
          </Button>
        </div>
      </div>
    </Notice>
  );
}
