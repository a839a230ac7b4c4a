import { auditEventPageSchema, listAuditEventsInputSchema } from '@oriel/schemas';
import { adminOnly } from '../../trpc/procedures.ts';

/** What happened to the safety of the server, for admins. */
export const auditProcedures = {
  list: adminOnly
    .meta({
      openapi: {
        method: 'GET',
        path: '/audit-events',
        operationId: 'listAuditEvents',
        tags: ['audit'],
        summary: 'Read the audit log',
        description: 'Newest first, in pages.',
        errorResponses: [400, 503],
      },
    })
    .input(listAuditEventsInputSchema)
    .output(auditEventPageSchema)
    .query(({ ctx, input }) => ctx.services.audit.list(input)),
};
