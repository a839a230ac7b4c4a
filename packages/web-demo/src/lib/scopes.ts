import { type Scope, scopeSchema } from '@oriel/schemas';
import { valuesIn } from './form-data.ts';

/** The scopes that are ticked in a form with the field `scopes`. */
export function scopesIn(data: FormData): Scope[] {
  const ticked = new Set(valuesIn(data, 'scopes'));
  return scopeSchema.options.filter((scope) => ticked.has(scope));
}
