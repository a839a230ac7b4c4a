import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** What pages of other origins may read besides the body. */
const exposedHeaders = [
  'x-request-id',
  'retry-after',
  'www-authenticate',
  'location',
  'etag',
  'preference-applied',
  'content-disposition',
  'inference-header-content-length',
  'RateLimit',
  'RateLimit-Policy',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
];
/** How long a browser remembers the answer of a preflight, in seconds. */
const preflightAgeS = 600;

/**
 * Lets pages of the listed origins call, with cookies too. Without a list nothing is added: browsers then let only this
 * server's own pages read its answers.
 * @see Fetch Standard, section 3.2, "CORS protocol"
 */
export async function allowOrigins(server: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  const listed = new Set(origins);
  await server.register(cors, {
    // answers to others say nothing of CORS at all
    origin: (origin, done) => done(null, origin !== undefined && listed.has(origin)),
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders,
    maxAge: preflightAgeS,
    strictPreflight: false,
  });
  // the doors set a Vary of their own; without the origin in it a cache would give one site's answer to another
  server.addHook('onSend', (_request, reply, payload, done) => {
    const vary = String(reply.getHeader('vary') ?? '');
    if (!/\borigin\b/i.test(vary)) reply.header('vary', vary === '' ? 'Origin' : `${vary}, Origin`);
    done(null, payload);
  });
}
