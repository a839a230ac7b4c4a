import { z } from 'zod';

/** What went wrong, coarsely: each transport maps these few kinds and nothing else. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'method'
  | 'slow'
  | 'conflict'
  | 'unprocessable'
  | 'too-large'
  | 'url-too-long'
  | 'unsupported'
  | 'rate-limited'
  | 'headers-too-large'
  | 'cancelled'
  | 'internal'
  | 'unavailable'
  | 'timeout';

/** Every code a caller can meet. Codes are part of the contract: they are added, never renamed. */
export const errorKindOf = {
  INPUT_INVALID: 'invalid',
  BODY_MALFORMED: 'invalid',
  DATASET_UNREADABLE: 'invalid',
  UPLOAD_INCOMPLETE: 'invalid',
  URL_REFUSED: 'invalid',
  UNAUTHENTICATED: 'unauthenticated',
  FORBIDDEN: 'forbidden',
  CROSS_SITE_REFUSED: 'forbidden',
  NOT_FOUND: 'not-found',
  MODEL_NOT_FOUND: 'not-found',
  MODEL_VERSION_NOT_FOUND: 'not-found',
  ROUTE_NOT_FOUND: 'not-found',
  METHOD_NOT_ALLOWED: 'method',
  REQUEST_TIMEOUT: 'slow',
  CONFLICT: 'conflict',
  DATASET_NOT_READY: 'conflict',
  JOB_TRANSITION_REFUSED: 'conflict',
  IDEMPOTENCY_KEY_IN_FLIGHT: 'conflict',
  IDEMPOTENCY_KEY_REUSED: 'unprocessable',
  TABLE_MEMORY_EXCEEDED: 'unprocessable',
  BODY_TOO_LARGE: 'too-large',
  URL_TOO_LONG: 'url-too-long',
  HEADERS_TOO_LARGE: 'headers-too-large',
  MEDIA_TYPE_UNSUPPORTED: 'unsupported',
  RATE_LIMITED: 'rate-limited',
  QUOTA_EXCEEDED: 'rate-limited',
  JOB_LIMIT_REACHED: 'rate-limited',
  REQUEST_CANCELLED: 'cancelled',
  PREDICTION_FAILED: 'internal',
  WORKER_CRASHED: 'internal',
  INTERNAL: 'internal',
  MODEL_NOT_READY: 'unavailable',
  ENGINE_OVERLOADED: 'unavailable',
  SERVER_OVERLOADED: 'unavailable',
  SERVER_STOPPING: 'unavailable',
  DATABASE_UNAVAILABLE: 'unavailable',
  STORAGE_UNAVAILABLE: 'unavailable',
  DEADLINE_EXCEEDED: 'timeout',
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKindOf;

export const errorCodeSchema = z
  // Object.keys gives string[]; the table's own keys are exactly these
  .enum(Object.keys(errorKindOf) as [ErrorCode, ...ErrorCode[]])
  .meta({ id: 'ErrorCode', description: 'What went wrong, for programs. Codes are never renamed.' });

export const errorIssueSchema = z
  .object({
    path: z
      .array(z.union([z.string(), z.number()]))
      .meta({ description: 'Where in the input, outermost first.' }),
    rule: z.string().meta({ description: 'The rule that was broken, e.g. `too_small` or `invalid_type`.' }),
    message: z.string().meta({ description: 'What was expected.' }),
  })
  .meta({ id: 'ErrorIssue', description: 'One field that was refused.' });
export type ErrorIssue = z.infer<typeof errorIssueSchema>;

/** An error of a single item of a larger request, and the shape of tRPC error data beside tRPC's own fields. */
export const itemErrorSchema = z
  .object({
    code: errorCodeSchema,
    message: z.string(),
    issues: z.array(errorIssueSchema).optional(),
  })
  .meta({ id: 'ItemError', description: 'Why one item of a request failed.' });
export type ItemError = z.infer<typeof itemErrorSchema>;

/** A problem document (RFC 9457) with our code, the refused fields and the id to quote to whoever runs the server. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'A URI reference of the kind of problem; its page explains it.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().optional().meta({ description: 'The path that was called.' }),
    code: errorCodeSchema,
    issues: z.array(errorIssueSchema).optional(),
    requestId: z.string(),
  })
  .meta({ id: 'Problem', description: 'An error as a problem document (RFC 9457).' });
export type Problem = z.infer<typeof problemSchema>;
