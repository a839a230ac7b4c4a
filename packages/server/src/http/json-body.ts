import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors.ts';
import { checkJsonDepth } from './json-depth.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a route of REST reads besides JSON. */
    readonly mediaTypes?: readonly string[];
  }
}

/** Reads JSON bodies as Fastify does, once their encoding and depth are known to be harmless. */
export function readJsonBodies(server: FastifyInstance, { jsonDepthMax }: { jsonDepthMax: number }): void {
  // both doors hand keys such as __proto__ to zod, which strips or refuses them: the doors must not differ
  const parse = server.getDefaultJsonParser('ignore', 'ignore');
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    // many clients name the type of every request, also of one that needs no body
    if (body.length === 0) {
      done(null, undefined);
      return;
    }
    checkUtf8(body);
    checkJsonDepth(body, jsonDepthMax);
    // Fastify's own parser calls back and gives no promise
    void parse(request, body.toString(), done);
  });
}

/**
 * Refuses what is not UTF-8, in which JSON is written: decoding would put U+FFFD for what it cannot read, and the answer
 * would be that of another input.
 *
 * @throws AppError BODY_MALFORMED
 * @see RFC 8259, section 8.1, "Character Encoding"
 */
export function checkUtf8(json: Uint8Array): void {
  if (isUtf8(json)) return;
  throw new AppError('BODY_MALFORMED', 'The JSON could not be read: it is not UTF-8.');
}

/** Refuses bodies of types that none of a door's parsers reads. */
export function refuseOtherBodies(server: FastifyInstance): void {
  // plain text is no input of any procedure; without this, Fastify would parse it
  server.removeContentTypeParser('text/plain');
  server.addContentTypeParser('*', (request, _payload, done) => {
    const { headers, routeOptions } = request;
    // some clients name a type where there is no body
    if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0)
      done(null);
    else done(notRead(routeOptions.config.mediaTypes));
  });
}

/** @param mediaTypes - what is read besides JSON */
export function notRead(mediaTypes: readonly string[] = []): AppError {
  const others = mediaTypes.length === 0 ? '' : `, or a file as ${mediaTypes.join(', ')} or in a form`;
  return new AppError(
    'MEDIA_TYPE_UNSUPPORTED',
    `This operation reads JSON: send it with content-type application/json${others}.`,
  );
}
