import { createHash } from 'node:crypto';
import scalar from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';
import { errorsPage } from './errors-page.ts';

/** The API's pages for people: the reference at `/docs` and what each error code means at `/docs/errors`. */
export async function docsPage(
  server: FastifyInstance,
  { documentUrl }: { documentUrl: string },
): Promise<void> {
  server.addHook('onSend', async (_request, reply, payload: unknown) => {
    if (typeof payload === 'string' && String(reply.getHeader('content-type')).startsWith('text/html'))
      allowInlineScripts(reply, payload);
    return payload;
  });
  server.get('/docs/errors', async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(errorsPage),
  );
  await server.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      url: documentUrl,
      // absolute, since the page is at /docs and at /docs/
      cdn: '/docs/js/scalar.js',
      title: 'Oriel API',
      // nothing of the page comes from, or reports to, anywhere but this server
      telemetry: false,
      withDefaultFonts: false,
      hideClientButton: true,
      showDeveloperTools: 'never',
      agent: { disabled: true },
      mcp: { disabled: true },
    },
  });
}

/** The reference page starts itself with an inline script: the policy allows that very text and no other. */
function allowInlineScripts(
  reply: { getHeader(name: string): unknown; header(name: string, value: string): unknown },
  html: string,
): void {
  const policy = reply.getHeader('content-security-policy');
  if (typeof policy !== 'string') return;
  const hashes = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
  );
  reply.header(
    'content-security-policy',
    policy.replace("script-src 'self'", ["script-src 'self'", ...hashes].join(' ')),
  );
}
