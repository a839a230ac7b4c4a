import { z } from 'zod';
import { plainText } from '../plain-text.ts';
import { time } from '../time.ts';

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
  actor: plainText(200).min(1).meta({ description: 'Only what this caller did.' }).optional(),
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
