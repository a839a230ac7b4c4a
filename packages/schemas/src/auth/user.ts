import { z } from 'zod';
import { nameText } from '../plain-text.ts';
import { time } from '../time.ts';

export const roleSchema = z
  .enum(['admin', 'member'])
  .meta({ id: 'Role', description: 'What a person is on this server: an admin may do everything.' });
export type Role = z.infer<typeof roleSchema>;

/**
 * Compared without case: addresses that differ only in it reach the same mailbox everywhere. White space around one came
 * along when it was copied, or from a keyboard that completes words.
 */
export const emailSchema = z
  .string()
  .trim()
  .check(z.email())
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

const userName = nameText(100).meta({ description: 'For people: in lists and records.' });

export const createUserInputSchema = z.strictObject({
  email: emailSchema,
  name: userName,
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
  name: userName.optional(),
  role: roleSchema.optional(),
  isDisabled: z.boolean().optional(),
});
export type UpdateUserInput = z.infer<typeof updateUserInputSchema>;
