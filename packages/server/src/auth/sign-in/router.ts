import {
  authStateSchema,
  changePasswordInputSchema,
  endedSessionsSchema,
  endSessionInputSchema,
  registeredSchema,
  registerInputSchema,
  sessionListSchema,
  signedInSchema,
  signedOutSchema,
  signInInputSchema,
  useSignInLinkInputSchema,
} from '@oriel/schemas';
import { open, signedIn } from '../../trpc/procedures.ts';

const tags = ['auth'];

const sessionProcedures = {
  list: signedIn
    .meta({
      openapi: {
        method: 'GET',
        path: '/auth/sessions',
        operationId: 'listSessions',
        tags,
        summary: 'List your sessions',
        description: 'The browsers that you are signed in with, last seen first.',
        errorResponses: [503],
      },
    })
    .output(sessionListSchema)
    .query(async ({ ctx }) => ({ items: await ctx.services.signIn.listSessions(ctx) })),

  end: signedIn
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/auth/sessions/{id}',
        operationId: 'endSession',
        tags,
        summary: 'End one of your sessions',
        errorResponses: [400, 404, 503],
      },
    })
    .input(endSessionInputSchema)
    .output(endedSessionsSchema)
    .mutation(async ({ ctx, input }) => {
      await ctx.services.signIn.endSession(ctx, input.id);
      return { endedCount: 1 };
    }),

  endOthers: signedIn
    .meta({
      openapi: {
        method: 'POST',
        path: '/auth/sessions/end-others',
        operationId: 'endOtherSessions',
        tags,
        summary: 'End all your sessions but this one',
        errorResponses: [503],
      },
    })
    .output(endedSessionsSchema)
    .mutation(async ({ ctx }) => ({ endedCount: await ctx.services.signIn.endOthers(ctx) })),
};

/** Signing in and out. */
export const authProcedures = {
  state: open
    .meta({
      openapi: {
        method: 'GET',
        path: '/auth/state',
        operationId: 'getAuthState',
        tags,
        summary: 'Who is signed in',
        protect: false,
        errorResponses: [401, 503],
      },
    })
    .output(authStateSchema)
    .query(({ ctx }) => ctx.services.signIn.state(ctx)),

  register: open
    .meta({
      openapi: {
        method: 'POST',
        path: '/auth/register',
        operationId: 'register',
        tags,
        summary: 'Make an account',
        description: 'Where the server lets anybody do so. It does not sign in.',
        protect: false,
        errorResponses: [400, 401, 403, 429, 503],
      },
    })
    .input(registerInputSchema)
    .output(registeredSchema)
    .mutation(async ({ ctx, input }) => {
      await ctx.services.signIn.register(ctx, input);
      return { isAccepted: true as const };
    }),

  signIn: open
    .meta({
      openapi: {
        method: 'POST',
        path: '/auth/sign-in',
        operationId: 'signIn',
        tags,
        summary: 'Sign in with a password',
        description: 'The session is in a cookie, for browsers. Programs use API keys or tokens.',
        protect: false,
        errorResponses: [400, 401, 429, 503],
      },
    })
    .input(signInInputSchema)
    .output(signedInSchema)
    .mutation(async ({ ctx, input }) => ({ user: await ctx.services.signIn.signIn(ctx, input) })),

  signOut: open
    .meta({
      openapi: {
        method: 'POST',
        path: '/auth/sign-out',
        operationId: 'signOut',
        tags,
        summary: 'Sign out',
        description: 'Ends the session of the cookie, if there is one.',
        protect: false,
        errorResponses: [401, 403, 503],
      },
    })
    .output(signedOutSchema)
    .mutation(async ({ ctx }) => {
      await ctx.services.signIn.signOut(ctx);
      return { isSignedOut: true as const };
    }),

  useLink: open
    .meta({
      openapi: {
        method: 'POST',
        path: '/auth/use-link',
        operationId: 'useSignInLink',
        tags,
        summary: 'Set a password with a one-time link, and sign in',
        protect: false,
        errorResponses: [400, 401, 429, 503],
      },
    })
    .input(useSignInLinkInputSchema)
    .output(signedInSchema)
    .mutation(async ({ ctx, input }) => ({ user: await ctx.services.signIn.useLink(ctx, input) })),

  changePassword: signedIn
    .meta({
      openapi: {
        method: 'POST',
        path: '/auth/change-password',
        operationId: 'changePassword',
        tags,
        summary: 'Change your password',
        description: 'Ends all your sessions; this browser gets a new one.',
        errorResponses: [400, 429, 503],
      },
    })
    .input(changePasswordInputSchema)
    .output(signedInSchema)
    .mutation(async ({ ctx, input }) => ({ user: await ctx.services.signIn.changePassword(ctx, input) })),

  sessions: sessionProcedures,
};
