import {
  createUserInputSchema,
  listUsersInputSchema,
  newUserSchema,
  signInLinkSchema,
  updateUserInputSchema,
  userIdInputSchema,
  userPageSchema,
  userSchema,
} from '@oriel/schemas';
import { adminOnly } from '../../trpc/procedures.ts';

const tags = ['users'];

/** People with an account, for admins. */
export const userProcedures = {
  list: adminOnly
    .meta({
      openapi: {
        method: 'GET',
        path: '/users',
        operationId: 'listUsers',
        tags,
        summary: 'List the users',
        description: 'Newest first, in pages.',
        errorResponses: [400, 503],
      },
    })
    .input(listUsersInputSchema)
    .output(userPageSchema)
    .query(({ ctx, input }) => ctx.services.users.list(input)),

  create: adminOnly
    .meta({
      openapi: {
        method: 'POST',
        path: '/users',
        operationId: 'createUser',
        tags,
        summary: 'Make an account for somebody',
        description: 'The link in the answer is for that person: it sets the password, once.',
        errorResponses: [400, 409, 503],
      },
    })
    .input(createUserInputSchema)
    .output(newUserSchema)
    .mutation(({ ctx, input }) => ctx.services.users.create(ctx, input)),

  update: adminOnly
    .meta({
      openapi: {
        method: 'PATCH',
        path: '/users/{id}',
        operationId: 'updateUser',
        tags,
        summary: 'Change a user’s name or role, or disable one',
        description:
          'Who is disabled is signed out everywhere, and jobs that have not ended are cancelled. The last admin stays one.',
        errorResponses: [400, 404, 409, 503],
      },
    })
    .input(updateUserInputSchema)
    .output(userSchema)
    .mutation(({ ctx, input }) => ctx.services.users.update(ctx, input)),

  link: adminOnly
    .meta({
      openapi: {
        method: 'POST',
        path: '/users/{id}/link',
        operationId: 'createSignInLink',
        tags,
        summary: 'Make a link that sets a user’s password, once',
        description: 'For a new user, or one who forgot the password. Earlier links of the user end.',
        errorResponses: [400, 404, 503],
      },
    })
    .input(userIdInputSchema)
    .output(signInLinkSchema)
    .mutation(({ ctx, input }) => ctx.services.users.createLink(ctx, input.id)),
};
