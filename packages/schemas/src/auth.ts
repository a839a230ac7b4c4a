import { z } from 'zod';
import { modelIdSchema } from './model.ts';
import { nameText, plainText } from './plain-text.ts';

/** What a caller may do. Scopes are part of the contract: they are added, never renamed. */
export const scopeSchema = z
  .enum([
    'predict',
    'models:read',
    'models:write',
    'datasets:read',
    'datasets:write',
    'jobs:read',
    'jobs:write',
    'monitoring:read',
    'admin',
  ])
  .meta({ id: 'Scope', description: 'One thing that a caller may do.' });
export type Scope = z.infer<typeof scopeSchema>;

export const roleSchema = z
  .enum(['admin', 'member'])
  .meta({ id: 'Role', description: 'What a person is on this server: an admin may do everything.' });
export type Role = z.infer<typeof roleSchema>;

const time = z.iso.datetime();

/** Compared without case: addresses that differ only in it reach the same mailbox everywhere. */
export const emailSchema = z
  .email()
  .max(254)
  .transform((email) => email.toLowerCase());

export const userSchema = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: roleSchema,
    hasPassword: z.boolean().meta({ description: 'False: signs in with a link or another provider only.' }),
    isDisabled: z.boolean().meta({ description: 'May not sign in, and none of its keys works.' }),
    createdAt: time,
  })
  .meta({ id: 'User', description: 'A person with an account.' });
export type User = z.infer<typeof userSchema>;

export const sessionSchema = z
  .object({
    id: z.string().meta({ description: 'Names the session; cannot be used to sign in.' }),
    createdAt: time,
    lastSeenAt: time,
    expiresAt: time,
    userAgent: z.string().meta({ description: 'The browser, as it named itself.' }),
    ipPrefix: z.string().nullable().meta({ description: 'The network it came from.' }),
    isCurrent: z.boolean().meta({ description: 'Whether this request came with it.' }),
  })
  .meta({ id: 'Session', description: 'A browser that is signed in.' });
export type Session = z.infer<typeof sessionSchema>;

const keyFields = {
  name: nameText(100).meta({ description: 'What it is for, for people.' }),
  scopes: z.array(scopeSchema).min(1).meta({ description: 'What it may do, as far as its user may.' }),
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
  name: keyFields.name,
  scopes: keyFields.scopes,
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

/** What an id of a key or client is made of; anything else need not be looked up. */
const shortIdSchema = z.string().regex(/^[\w-]{1,64}$/);

export const revokeApiKeyInputSchema = z.strictObject({ id: shortIdSchema });

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
  name: keyFields.name,
  scopes: keyFields.scopes,
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

export const revokeOauthClientInputSchema = z.strictObject({ id: shortIdSchema });

/** What was revoked works no more: at once where it was asked for, within a second on every other process. */
export const revokedSchema = z
  .object({ id: z.string() })
  .meta({ id: 'Revoked', description: 'What was revoked.' });
export type Revoked = z.infer<typeof revokedSchema>;

export const createTokensInputSchema = z.strictObject({ scopes: keyFields.scopes });
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

/** Bounded only: which new passwords are good enough is a setting of the server, which says what is wrong with one. */
const passwordSchema = z.string().min(1).max(1024).meta({ format: 'password' });

export const authStateSchema = z
  .object({
    user: userSchema.nullable().meta({ description: 'Who is signed in; null: nobody.' }),
    registration: z
      .enum(['open', 'closed'])
      .meta({ description: 'Whether anybody may make an account; closed: admins make them.' }),
    passwordCharsMin: z.int().meta({ description: 'Shortest password that is accepted.' }),
    provider: z
      .object({ name: z.string().meta({ description: 'What people call it.' }) })
      .nullable()
      .meta({
        description:
          'Another site that people can sign in with; a browser begins at `/auth/oidc/start`. Null: none.',
      }),
  })
  .meta({ id: 'AuthState', description: 'Who is signed in, and what signing in is like here.' });
export type AuthState = z.infer<typeof authStateSchema>;

/** Why signing in with a provider failed; the demo page is told in its address: `#/sign-in?error=<reason>`. */
export const providerRefusalSchema = z.enum([
  'provider-unavailable',
  'provider-refused',
  'sign-in-expired',
  'sign-in-failed',
  'email-not-verified',
  'registration-closed',
  'account-disabled',
  'account-linked',
]);
export type ProviderRefusal = z.infer<typeof providerRefusalSchema>;

export const registerInputSchema = z.strictObject({
  email: emailSchema,
  name: nameText(100).meta({ description: 'For people: in lists and records.' }),
  password: passwordSchema,
});
export type RegisterInput = z.infer<typeof registerInputSchema>;

export const registeredSchema = z.object({ isAccepted: z.literal(true) }).meta({
  id: 'Registered',
  description:
    'The same whether the account was made or there was one with this e-mail address already: sign in to go on.',
});
export type Registered = z.infer<typeof registeredSchema>;

export const signInInputSchema = z.strictObject({ email: emailSchema, password: passwordSchema });
export type SignInInput = z.infer<typeof signInInputSchema>;

export const signedInSchema = z
  .object({ user: userSchema })
  .meta({ id: 'SignedIn', description: 'Who is signed in now; the session is in a cookie.' });
export type SignedIn = z.infer<typeof signedInSchema>;

export const signedOutSchema = z
  .object({ isSignedOut: z.literal(true) })
  .meta({ id: 'SignedOut', description: 'The session is over, if there was one.' });
export type SignedOut = z.infer<typeof signedOutSchema>;

export const changePasswordInputSchema = z.strictObject({
  currentPassword: passwordSchema
    .nullable()
    .default(null)
    .meta({ description: 'Null only for who has no password yet.' }),
  newPassword: passwordSchema,
});
export type ChangePasswordInput = z.infer<typeof changePasswordInputSchema>;

export const useSignInLinkInputSchema = z.strictObject({
  token: z.string().min(1).max(200).meta({ description: 'The end of the link; works once.' }),
  password: passwordSchema.meta({ description: 'The password from now on.' }),
});
export type UseSignInLinkInput = z.infer<typeof useSignInLinkInputSchema>;

export const sessionListSchema = z
  .object({ items: z.array(sessionSchema) })
  .meta({ id: 'SessionList', description: 'The browsers that a person is signed in with, last seen first.' });
export type SessionList = z.infer<typeof sessionListSchema>;

export const endSessionInputSchema = z.strictObject({
  id: plainText(200).min(1).meta({ description: 'The `id` of the session in the list.' }),
});
export type EndSessionInput = z.infer<typeof endSessionInputSchema>;

export const endedSessionsSchema = z
  .object({ endedCount: z.int().meta({ description: 'How many sessions were ended.' }) })
  .meta({ id: 'EndedSessions', description: 'What ending sessions did.' });
export type EndedSessions = z.infer<typeof endedSessionsSchema>;

export const listUsersInputSchema = z.strictObject({
  limit: z.int().min(1).max(200).default(50).meta({ description: 'Most users on one page.' }),
  cursor: z.uuid().meta({ description: 'The `nextCursor` of the page before.' }).optional(),
});
export type ListUsersInput = z.infer<typeof listUsersInputSchema>;

export const userPageSchema = z
  .object({
    items: z.array(userSchema),
    nextCursor: z.uuid().nullable().meta({ description: 'Cursor of the next page; null on the last.' }),
  })
  .meta({ id: 'UserPage', description: 'A page of the people with an account, newest first.' });
export type UserPage = z.infer<typeof userPageSchema>;

export const createUserInputSchema = z.strictObject({
  email: emailSchema,
  name: registerInputSchema.shape.name,
  role: roleSchema.default('member'),
});
export type CreateUserInput = z.infer<typeof createUserInputSchema>;

export const signInLinkSchema = z
  .object({
    token: z.string(),
    path: z.string().meta({ description: 'Where it works, on this server: `/#/sign-in-link/<token>`.' }),
    expiresAt: time,
  })
  .meta({
    id: 'SignInLink',
    description: 'Sets a password and signs in, once. Shown only now; earlier links of the user end.',
  });
export type SignInLink = z.infer<typeof signInLinkSchema>;

export const newUserSchema = z
  .object({ user: userSchema, link: signInLinkSchema })
  .meta({ id: 'NewUser', description: 'A person who was just given an account, and the link to hand over.' });
export type NewUser = z.infer<typeof newUserSchema>;

export const userIdInputSchema = z.strictObject({ id: z.uuid() });
export type UserIdInput = z.infer<typeof userIdInputSchema>;

export const updateUserInputSchema = z.strictObject({
  id: z.uuid(),
  name: registerInputSchema.shape.name.optional(),
  role: roleSchema.optional(),
  isDisabled: z.boolean().optional(),
});
export type UpdateUserInput = z.infer<typeof updateUserInputSchema>;

/** What the audit log tells of. Actions are part of the contract: they are added, never renamed. */
export const auditActionSchema = z
  .enum([
    'user.registered',
    'user.created',
    'user.signed-in',
    'user.sign-in-failed',
    'user.signed-out',
    'user.password-changed',
    'user.role-changed',
    'user.disabled',
    'user.enabled',
    'user.deleted',
    'user.identity-linked',
    'session.ended',
    'sign-in-link.created',
    'key.created',
    'key.changed',
    'key.revoked',
    'client.created',
    'client.changed',
    'client.revoked',
    'client.token-issued',
    'client.refused',
    'token.created',
    'token.revoked',
    'token.reused',
    'signing-key.rotated',
    'dataset.shared',
    'dataset.unshared',
    'dataset.deleted',
    'dataset.restored',
    'job.cancelled',
  ])
  .meta({ id: 'AuditAction', description: 'What happened.' });
export type AuditAction = z.infer<typeof auditActionSchema>;

export const auditEventSchema = z
  .object({
    id: z.uuid(),
    at: time,
    action: auditActionSchema,
    actor: z.string().meta({ description: 'Who did it, e.g. `user:<id>`, `key:<id>` or `anonymous`.' }),
    target: z.string().nullable().meta({ description: 'What it was done to, e.g. `key:<id>`.' }),
    ip: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEvent', description: 'One event of the audit log.' });
export type AuditEvent = z.infer<typeof auditEventSchema>;

export const listAuditEventsInputSchema = z.strictObject({
  action: auditActionSchema.optional(),
  actor: plainText(200).meta({ description: 'Only what this caller did.' }).optional(),
  limit: z.int().min(1).max(200).default(50).meta({ description: 'Most events on one page.' }),
  cursor: z.uuid().meta({ description: 'The `nextCursor` of the page before.' }).optional(),
});
export type ListAuditEventsInput = z.infer<typeof listAuditEventsInputSchema>;

export const auditEventPageSchema = z
  .object({
    items: z.array(auditEventSchema),
    nextCursor: z.uuid().nullable().meta({ description: 'Cursor of the next page; null on the last.' }),
  })
  .meta({ id: 'AuditEventPage', description: 'A page of the audit log, newest first.' });
export type AuditEventPage = z.infer<typeof auditEventPageSchema>;
