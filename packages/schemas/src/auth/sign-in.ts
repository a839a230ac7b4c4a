import { z } from 'zod';
import { createUserInputSchema, emailSchema, userSchema } from './user.ts';

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
  name: createUserInputSchema.shape.name,
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
