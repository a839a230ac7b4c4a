import { createHash } from 'node:crypto';
import scalar from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';
import { errorsPage } from './errors-page.ts';

/** The API's pages for people: the reference at `/docs` and what each error code means at `/docs/errors`. */
export async function docsPage(
  server: FastifyInstance,
  { documentUrl }: { documentUrl: string },
): Promise<void> {
  server.addHook('onSend', async ({ routeOptions }, reply, payload: unknown) => {
    if (typeof payload === 'string' && String(reply.getHeader('content-type')).startsWith('text/html'))
      allowInline(reply, payload, { hasStylesOfScripts: routeOptions.url !== '/docs/errors' });
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

/**
 * The reference page starts itself with an inline script, and the page of errors brings its style sheet along: the
 * policy allows those very texts and no other. The reference's own script goes on to add style sheets and attributes
 * that nobody can name beforehand, so there, and nowhere else, any style is allowed; none can run code.
 */
function allowInline(
  reply: { getHeader(name: string): unknown; header(name: string, value: string): unknown },
  html: string,
  { hasStylesOfScripts }: { hasStylesOfScripts: boolean },
): void {
  const policy = reply.getHeader('content-security-policy');
  if (typeof policy !== 'string') return;
  // a hash beside it would take 'unsafe-inline' back
  const styles = hasStylesOfScripts
    ? ["'unsafe-inline'"]
    : hashesOf(html, /<style[^>]*>([\s\S]*?)<\/style>/g);
  const scripts = hashesOf(html, /<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g);
  reply.header(
    'content-security-policy',
    policy
      .replace("script-src 'self'", ["script-src 'self'", ...scripts].join(' '))
      .replace("style-src 'self'", ["style-src 'self'", ...styles].join(' ')),
  );
}

function hashesOf(html: string, element: RegExp): string[] {
  return [...html.matchAll(element)].map(
    ([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
  );
}
