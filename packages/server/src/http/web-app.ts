import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** The built demo page at `/`. Files with a hash in their name never change and are kept by browsers. */
export async function webApp(server: FastifyInstance, { folder }: { folder: URL }): Promise<void> {
  if (!existsSync(folder)) {
    server.log.info('the demo page is not built; `npm run build` makes it');
    return;
  }
  await server.register(fastifyStatic, {
    root: fileURLToPath(folder),
    wildcard: false,
    setHeaders(reply, path) {
      reply.header(
        'cache-control',
        path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
}
