import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import type { Meta } from '../trpc/procedures.ts';
import { checkNotEncoded } from './content-encoding.ts';
import { checkForm, type FormLimits } from './form-limits.ts';
import { checkUtf8 } from './json-body.ts';
import { checkJsonDepth } from './json-depth.ts';

interface Options extends FormLimits {
  readonly jsonDepthMax: number;
  readonly callsPerBatchMax: number;
  /** The router's procedures by path. */
  readonly procedures: Readonly<Record<string, unknown>>;
}

/** An input is wrapped in `{ json }`, and in a batch once more. */
const envelopeDepth = 2;

/** Checks what tRPC would parse, before it does; the REST routes do the same where they parse. */
export function trpcBodyChecks({ jsonDepthMax, callsPerBatchMax, procedures, ...formLimits }: Options) {
  /** @throws AppError BODY_MALFORMED, INPUT_INVALID, MEDIA_TYPE_UNSUPPORTED */
  return ({ body, headers, params, query }: FastifyRequest): void => {
    const { input, batch } = query as { input?: unknown; batch?: unknown };
    const { path } = params as { path: string };
    if (batch === '1') checkCalls(path.split(',').length);
    if (typeof input === 'string') checkJsonDepth(Buffer.from(input), jsonDepthMax + envelopeDepth);
    if (!Buffer.isBuffer(body)) return;
    const type = headers['content-type'] ?? '';
    checkNotEncoded(headers);
    if (type.startsWith('application/json')) {
      checkUtf8(body);
      checkJsonDepth(body, jsonDepthMax + envelopeDepth);
    } else if (type.toLowerCase().startsWith('multipart/')) {
      checkReadsForms(path);
      checkForm(body, type, formLimits);
    }
  };

  function checkCalls(count: number): void {
    if (count <= callsPerBatchMax) return;
    const message = `must have at most ${callsPerBatchMax} calls`;
    throw new AppError('INPUT_INVALID', `The batch has ${count} calls; it ${message}.`, {
      issues: [{ path: [], rule: 'too_many_calls', message }],
    });
  }

  /** A form is what a page of another site can send without asking: only procedures that take files read one. */
  function checkReadsForms(path: string): void {
    const procedure = procedures[path] as { _def: { meta?: Meta } } | undefined;
    if (procedure && !procedure._def.meta?.media)
      throw new AppError(
        'MEDIA_TYPE_UNSUPPORTED',
        'This operation reads JSON: send it with content-type application/json.',
      );
  }
}
