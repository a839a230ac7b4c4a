import { z } from 'zod';
import { plainText } from '../plain-text.ts';
import { time } from '../time.ts';

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
