import type { FastifyInstance } from 'fastify';
import { checkJsonDepth } from './json-depth.ts';

/** Reads JSON bodies as Fastify does, once their depth is known to be harmless. */
export function readJsonBodies(server: FastifyInstance, { jsonDepthMax }: { jsonDepthMax: number }): void {
  // both doors hand keys such as __proto__ to zod, which strips or refuses them: the doors must not differ
  const parse = server.getDefaultJsonParser('ignore', 'ignore');
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    checkJsonDepth(body, jsonDepthMax);
    // Fastify's own parser calls back and gives no promise
    void parse(request, body.toString(), done);
  });
}
