import { z } from 'zod';
import { time } from '../time.ts';
import { credentialIdSchema, credentialNameSchema, credentialScopesSchema } from './credential.ts';
import { scopeSchema } from './scope.ts';

export const grantSchema = z
  .enum(['client_credentials', 'refresh_token'])
  .meta({ id: 'Grant', description: 'A grant type of RFC 6749.' });
export type Grant = z.infer<typeof grantSchema>;

export const oauthClientSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(scopeSchema),
    grants: z.array(grantSchema),
    createdAt: time,
    revokedAt: time.nullable(),
  })
  .meta({ id: 'OauthClient', description: 'A program that gets access tokens, without its secret.' });
export type OauthClient = z.infer<typeof oauthClientSchema>;

export const createOauthClientInputSchema = z.strictObject({
  name: credentialNameSchema,
  scopes: credentialScopesSchema,
});
export type CreateOauthClientInput = z.infer<typeof createOauthClientInputSchema>;

export const newOauthClientSchema = z
  .object({
    client: oauthClientSchema,
    secret: z.string().meta({ description: 'For the token endpoint, with the id. Shown only now.' }),
  })
  .meta({ id: 'NewOauthClient', description: 'A service client that was just made.' });
export type NewOauthClient = z.infer<typeof newOauthClientSchema>;

export const oauthClientListSchema = z.object({ items: z.array(oauthClientSchema) }).meta({
  id: 'OauthClientList',
  description: 'Service clients, newest first, also those that were revoked.',
});
export type OauthClientList = z.infer<typeof oauthClientListSchema>;

export const revokeOauthClientInputSchema = z.strictObject({ id: credentialIdSchema });

export const createTokensInputSchema = z.strictObject({ scopes: credentialScopesSchema });
export type CreateTokensInput = z.infer<typeof createTokensInputSchema>;

export const newTokensSchema = z
  .object({
    accessToken: z.string().meta({ description: 'To be sent as a bearer token.' }),
    expiresAt: time.meta({ description: 'When the access token ends.' }),
    refreshToken: z.string().meta({ description: 'Gets the next pair at the token endpoint, once.' }),
    refreshExpiresAt: time.meta({ description: 'When the refresh token ends, unless it is used before.' }),
    clientId: z.string().meta({ description: 'The `client_id` to name at the token endpoint.' }),
    scopes: z.array(scopeSchema),
  })
  .meta({ id: 'NewTokens', description: "Tokens for a user's own tool. Shown only now." });
export type NewTokens = z.infer<typeof newTokensSchema>;
