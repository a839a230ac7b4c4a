import type { Scope } from '@oriel/schemas';
import { AppError } from '../errors.ts';
import type { Principal } from './principal.ts';

/** Who may call a procedure, as the procedure declares it. */
export type Access =
  /** Anybody, also where anonymous calls are turned off, e.g. to sign in. */
  | { readonly kind: 'open' }
  /** A person in a browser. Keys and tokens are refused, or a stolen one could make itself others. */
  | { readonly kind: 'signed-in' }
  | ScopeAccess;

export interface ScopeAccess {
  readonly kind: 'scope';
  readonly scope: Scope;
  /** The model that is called: for callers that may not call it, it is not there. */
  readonly model?: string;
  /** Callers see the rows that are their own; admins see all. */
  readonly rows?: 'own';
  /** Anonymous callers pass without the scope, where they may predict at all. */
  readonly isOpenToAnonymous?: true;
}

/** Why `principal` may not call a procedure; null when it may. */
export function refusalOf(principal: Principal, access: Access): AppError | null {
  switch (access.kind) {
    case 'open':
      return null;
    case 'signed-in':
      return principal.kind === 'user' ? null : notSignedIn(principal);
    case 'scope':
      return scopeRefusal(principal, access);
  }
}

function scopeRefusal(principal: Principal, access: ScopeAccess): AppError | null {
  if (!hasScope(principal, access)) {
    return principal.kind === 'anonymous' ? unauthenticated(principal) : missing(access.scope);
  }
  const { model } = access;
  return model === undefined || !principal.models || principal.models.has(model)
    ? null
    : new AppError('MODEL_NOT_FOUND', `There is no model "${model}" for this API key.`);
}

function hasScope(principal: Principal, { scope, isOpenToAnonymous }: ScopeAccess): boolean {
  if (principal.scopes.has(scope)) return true;
  return isOpenToAnonymous === true && principal.kind === 'anonymous' && principal.scopes.has('predict');
}

function notSignedIn(principal: Exclude<Principal, { kind: 'user' }>): AppError {
  if (principal.kind === 'anonymous') return unauthenticated(principal);
  return new AppError(
    'FORBIDDEN',
    'Only a person who is signed in may do this: API keys and access tokens may not.',
  );
}

function unauthenticated({ isSessionEnded }: { readonly isSessionEnded: boolean }): AppError {
  return new AppError(
    'UNAUTHENTICATED',
    isSessionEnded
      ? 'The session is over. Sign in again.'
      : 'Sign in, or send an API key or access token: Authorization: Bearer …',
  );
}

function missing(scope: Scope): AppError {
  return new AppError('FORBIDDEN', `This needs the scope "${scope}", which the caller does not have.`, {
    challenge: { error: 'insufficient_scope', scope },
  });
}
