import type { FastifyInstance } from 'fastify';

interface Options {
  readonly hstsS: number;
  /** Whether this server speaks TLS itself, or believes a proxy that says so. */
  readonly canBeSecure: boolean;
}

/**
 * Tells browsers that came by HTTPS to come by nothing else. Not for localhost: the browser would refuse plain HTTP to
 * every other program there.
 * @see RFC 6797, "HTTP Strict Transport Security"
 */
export function strictTransport(server: FastifyInstance, { hstsS, canBeSecure }: Options): void {
  if (!canBeSecure || hstsS === 0) return;
  const value = `max-age=${hstsS}`;
  server.addHook('onRequest', (request, reply, done) => {
    if (request.protocol === 'https' && request.hostname !== 'localhost')
      reply.header('strict-transport-security', value);
    done();
  });
}
