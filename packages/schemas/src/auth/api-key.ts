import { z } from 'zod';
import { modelIdSchema } from '../model.ts';
import { time } from '../time.ts';
import { credentialIdSchema, credentialNameSchema, credentialScopesSchema } from './credential.ts';

const keyFields = {
  name: credentialNameSchema,
  scopes: credentialScopesSchema,
  models: z
    .array(modelIdSchema)
    .min(1)
    .max(1000)
    .nullable()
    .meta({ description: 'The only models it may call; null for all.' }),
  expiresAt: time.nullable().meta({ description: 'When it stops working; null for never.' }),
  requestsPerDayMax: z
    .int()
    .min(1)
    .max(2_147_483_647)
    .nullable()
    .meta({ description: 'Most requests on a day (UTC); null for no bound.' }),
  computeMsPerDayMax: z
    .int()
    .min(1)
    .max(2_147_483_647)
    .nullable()
    .meta({ description: 'Most compute time on a day (UTC), in milliseconds; null for no bound.' }),
};

export const apiKeySchema = z
  .object({
    id: z.string().meta({ description: 'Part of the key that may be shown: it begins `oriel_<id>_`.' }),
    userId: z.uuid(),
    ...keyFields,
    createdAt: time,
    lastUsedAt: time.nullable().meta({ description: 'To the minute.' }),
    revokedAt: time.nullable(),
  })
  .meta({ id: 'ApiKey', description: 'An API key, without its secret.' });
export type ApiKey = z.infer<typeof apiKeySchema>;

export const createApiKeyInputSchema = z.strictObject({
  name: credentialNameSchema,
  scopes: credentialScopesSchema,
  models: keyFields.models.default(null),
  expiresAt: z.iso
    .datetime({ offset: true })
    .nullable()
    .default(null)
    .meta({ description: 'When it stops working (RFC 3339); null for never.' }),
  requestsPerDayMax: keyFields.requestsPerDayMax.default(null),
  computeMsPerDayMax: keyFields.computeMsPerDayMax.default(null),
});
export type CreateApiKeyInput = z.infer<typeof createApiKeyInputSchema>;

export const newApiKeySchema = z
  .object({
    key: apiKeySchema,
    secret: z.string().meta({ description: 'The whole key, to be sent as a bearer token. Shown only now.' }),
  })
  .meta({ id: 'NewApiKey', description: 'An API key that was just made.' });
export type NewApiKey = z.infer<typeof newApiKeySchema>;

export const listApiKeysInputSchema = z.strictObject({
  of: z
    .enum(['me', 'everybody'])
    .default('me')
    .meta({ description: 'Whose keys; `everybody` is for admins, others get their own.' }),
});
export type ListApiKeysInput = z.infer<typeof listApiKeysInputSchema>;

export const apiKeyListSchema = z
  .object({ items: z.array(apiKeySchema) })
  .meta({ id: 'ApiKeyList', description: 'API keys, newest first, also those that were revoked.' });
export type ApiKeyList = z.infer<typeof apiKeyListSchema>;

export const revokeApiKeyInputSchema = z.strictObject({ id: credentialIdSchema });
