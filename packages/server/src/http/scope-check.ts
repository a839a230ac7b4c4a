import type { Scope } from '@oriel/schemas';
import { refusalOf } from '../auth/access.ts';
import type { OnRequest } from './identification.ts';

/** For what is no procedure: the same answer as a procedure's, as soon as it is known who calls. */
export function scopeCheck(scope: Scope): OnRequest {
  return ({ principal }, _reply, done) => {
    const refusal = refusalOf(principal, { kind: 'scope', scope, rows: 'own' });
    done(refusal ?? undefined);
  };
}
