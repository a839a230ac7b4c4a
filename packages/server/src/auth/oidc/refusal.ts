import type { ProviderRefusal } from '@oriel/schemas';

/** Why nobody was signed in. The reason is for the person; `cause` is for the log. */
export class SignInRefusal extends Error {
  override readonly name = 'SignInRefusal';
  readonly reason: ProviderRefusal;

  constructor(reason: ProviderRefusal, cause?: unknown) {
    super(`Signing in with the provider failed: ${reason}.`, { cause });
    this.reason = reason;
  }
}
