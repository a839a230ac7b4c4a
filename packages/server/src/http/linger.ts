import type { FastifyReply } from 'fastify';
import type { AppError } from '../errors.ts';
import { isHeldBack } from './expect-continue.ts';

/** A body that announces more than this is not worth waiting for: its sender is cut off, and may miss why. */
const announcedBytesMax = 1_073_741_824;

/**
 * Goes on reading, and throwing away, a body that was refused for its size. Fastify would hang up at once, and whoever
 * is still sending (a proxy above all) would then see a broken connection in place of the answer. What is left to read
 * is bounded by the time that a request may take.
 * @see RFC 9112, section 9.6, "Tear-down"
 */
export function lingerAfter(error: AppError, reply: FastifyReply): void {
  const { raw, headers } = reply.request;
  if (error.code !== 'BODY_TOO_LARGE' || Number(headers['content-length'] ?? 0) > announcedBytesMax) return;
  // reading it would ask for it
  if (isHeldBack(raw)) return;
  reply.removeHeader('connection');
  raw.resume();
}
