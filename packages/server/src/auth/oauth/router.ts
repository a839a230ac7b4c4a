import {
  createOauthClientInputSchema,
  createTokensInputSchema,
  newOauthClientSchema,
  newTokensSchema,
  oauthClientListSchema,
  revokedSchema,
  revokeOauthClientInputSchema,
} from '@oriel/schemas';
import { z } from 'zod';
import { adminOnly, toldSecrets } from '../../trpc/procedures.ts';

/** Programs that get access tokens of their own. */
export const clientProcedures = {
  create: adminOnly
    .meta({
      openapi: {
        method: 'POST',
        path: '/clients',
        operationId: 'createClient',
        tags: ['clients'],
        summary: 'Make a service client',
        description: 'Its secret is in the answer, and is never shown again.',
        errorResponses: [400, 503],
      },
    })
    .input(createOauthClientInputSchema)
    .output(newOauthClientSchema)
    .mutation(({ ctx, input }) => ctx.services.clients.create(ctx, input)),

  list: adminOnly
    .meta({
      openapi: {
        method: 'GET',
        path: '/clients',
        operationId: 'listClients',
        tags: ['clients'],
        summary: 'List the service clients',
        description: 'Newest first, without their secrets.',
        errorResponses: [503],
      },
    })
    .input(z.strictObject({}).optional())
    .output(oauthClientListSchema)
    .query(async ({ ctx }) => ({ items: await ctx.services.clients.list() })),

  revoke: adminOnly
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/clients/{id}',
        operationId: 'revokeClient',
        tags: ['clients'],
        summary: 'Revoke a service client',
        description: 'It and every token it has are refused within a second on every process.',
        errorResponses: [400, 404, 503],
      },
    })
    .input(revokeOauthClientInputSchema)
    .output(revokedSchema)
    .mutation(async ({ ctx, input: { id } }) => {
      await ctx.services.clients.revoke(ctx, id);
      return { id };
    }),
};

/** Tokens for the own tools of the person who is signed in. */
export const tokenProcedures = {
  create: toldSecrets
    .meta({
      openapi: {
        method: 'POST',
        path: '/auth/tokens',
        operationId: 'createTokens',
        tags: ['tokens'],
        summary: 'Make tokens for a tool of your own',
        description:
          'A short-lived access token and the refresh token that gets the next pair at the token endpoint. Never shown again.',
        errorResponses: [400, 503],
      },
    })
    .input(createTokensInputSchema)
    .output(newTokensSchema)
    .mutation(({ ctx, input }) => ctx.services.tokens.create(ctx, input)),
};
