import type { ProviderRefusal } from '@oriel/schemas';
import { Notice } from '../../components/notice.tsx';

const explanations: Readonly<Record<ProviderRefusal, string>> = {
  'provider-unavailable': 'The other site does not answer. Try again later, or sign in with a password.',
  'provider-refused': 'The other site did not let you in.',
  'sign-in-expired': 'That took too long, or began in another browser. Try again.',
  'sign-in-failed': 'Signing in did not work. Try again.',
  'email-not-verified':
    'The other site does not say that your e-mail address is yours. Confirm it there, then try again.',
  'registration-closed': 'There is no account with your e-mail address. Ask an admin of this server for one.',
  'account-disabled': 'Your account is disabled. Ask an admin of this server.',
  'account-linked':
    'The account with your e-mail address belongs to somebody else of the other site. Ask an admin of this server.',
};

/** Why nobody is signed in. The address chooses among our own texts; nothing of it is shown. */
export function ProviderRefused({ reason }: { reason: string }) {
  const isKnown = Object.hasOwn(explanations, reason);
  // hasOwn says that it is one of the keys
  return (
    <Notice tone="error" title={explanations[isKnown ? (reason as ProviderRefusal) : 'sign-in-failed']} />
  );
}

/** A link, not a form: the way leads to another site, which forms of this page may not. */
export function ProviderSignIn({ name }: { name: string }) {
  return (
    <div className="border-t border-line pt-4">
      <a
        href="/auth/oidc/start"
        className="inline-flex items-center justify-center rounded-lg border border-control bg-card px-4 py-2 text-sm transition-colors hover:bg-hover"
      >
        Sign in with {name}
      </a>
    </div>
  );
}
