import { z } from 'zod';
import { nameText } from '../plain-text.ts';
import { scopeSchema } from './scope.ts';

/** What API keys and service clients are made with alike. */
export const credentialNameSchema = nameText(100).meta({ description: 'What it is for, for people.' });

export const credentialScopesSchema = z
  .array(scopeSchema)
  .min(1)
  .meta({ description: 'What it may do, as far as its user may.' });

/** What an id of a key or client is made of; anything else need not be looked up. */
export const credentialIdSchema = z.string().regex(/^[\w-]{1,64}$/);

/** What was revoked works no more: at once where it was asked for, within a second on every other process. */
export const revokedSchema = z
  .object({ id: z.string() })
  .meta({ id: 'Revoked', description: 'What was revoked.' });
export type Revoked = z.infer<typeof revokedSchema>;
