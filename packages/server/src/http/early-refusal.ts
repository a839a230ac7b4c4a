import type { FastifyRequest } from 'fastify';
import { refusalOf } from '../auth/access.ts';
import type { AppError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Meta } from '../trpc/procedures.ts';
import { isHeldBack } from './expect-continue.ts';

/**
 * Why a call is refused before its body is read and parsed, which under overload costs more than all else that is done
 * for it; null when it has to be read.
 *
 * To be asked once the caller is known and counted: whoever is not, or may not call this, is told so as ever, and learns
 * nothing of how busy the model is. What Node has of the body by then, or what still comes, it throws away by itself when
 * the answer is written, and the connection serves the next request. A body that waits to be asked for is not asked for
 * where the caller may not call this.
 */
export function earlyRefusalOf(
  { access, refuseNow }: Meta,
  { request, services }: { readonly request: FastifyRequest; readonly services: Services },
): AppError | null {
  const isWaiting = isHeldBack(request.raw);
  if (!access || !(refuseNow || isWaiting)) return null;
  const refusal = refusalOf(request.principal, access);
  if (refusal) return isWaiting ? refusal : null;
  return refuseNow?.(services) ?? null;
}
