import type { FastifyServerOptions } from 'fastify';

/**
 * Whose X-Forwarded headers are believed, as Fastify wants it. Fastify itself believes nobody when given a number, since
 * a number cannot tell a proxy from a caller that comes past it: docs/security.md says so beside the setting.
 */
export function toTrustProxy(
  trusted: false | number | readonly string[],
): NonNullable<FastifyServerOptions['trustProxy']> {
  if (trusted === false) return false;
  if (typeof trusted === 'number') return (_address, hop) => hop < trusted;
  return [...trusted];
}
