import {
  apiKeyListSchema,
  createApiKeyInputSchema,
  listApiKeysInputSchema,
  newApiKeySchema,
  revokeApiKeyInputSchema,
  revokedSchema,
} from '@oriel/schemas';
import { signedIn, toldSecrets } from '../../trpc/procedures.ts';
import { ownerIdOf } from '../principal.ts';

/** API keys of the person who is signed in; admins see and revoke everybody's. */
export const keyProcedures = {
  create: toldSecrets
    .meta({
      openapi: {
        method: 'POST',
        path: '/keys',
        operationId: 'createKey',
        tags: ['keys'],
        summary: 'Make an API key',
        description: 'The key is in the answer, and is never shown again.',
        errorResponses: [400, 409, 503],
      },
    })
    .input(createApiKeyInputSchema)
    .output(newApiKeySchema)
    .mutation(({ ctx, input }) => {
      const { userId: id, name, role } = ctx.principal;
      return ctx.services.keys.create(ctx, { id, name, role }, input);
    }),

  list: signedIn
    .meta({
      openapi: {
        method: 'GET',
        path: '/keys',
        operationId: 'listKeys',
        tags: ['keys'],
        summary: 'List API keys',
        description:
          'Newest first, without their secrets: your own, or everybody’s for admins who ask for them.',
        errorResponses: [400, 503],
      },
    })
    .input(listApiKeysInputSchema)
    .output(apiKeyListSchema)
    .query(async ({ ctx, input }) => {
      const { userId } = ctx.principal;
      const items = await ctx.services.keys.list(input.of === 'me' ? userId : ownerIdOf(ctx.principal));
      return { items };
    }),

  revoke: signedIn
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/keys/{id}',
        operationId: 'revokeKey',
        tags: ['keys'],
        summary: 'Revoke an API key',
        description: 'It is refused within a second on every process. Your own, or anybody’s for admins.',
        errorResponses: [400, 404, 503],
      },
    })
    .input(revokeApiKeyInputSchema)
    .output(revokedSchema)
    .mutation(async ({ ctx, input: { id } }) => {
      await ctx.services.keys.revoke(ctx, id, ownerIdOf(ctx.principal));
      return { id };
    }),
};
