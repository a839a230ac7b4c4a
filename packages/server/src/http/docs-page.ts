import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { FastifyInstance } from 'fastify';
import { errorsPage } from './errors-page.ts';
import type { Reference, ReferenceTask } from './reference-worker.ts';

const path = '/docs';
const scriptPath = `${path}/js/scalar.js`;

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
  let reading: Promise<Reference> | undefined;
  const reference = () => {
    reading ??= readReference(documentUrl).catch((error: unknown) => {
      reading = undefined; // the next visit tries again
      throw error;
    });
    return reading;
  };
  server.get(path, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send((await reference()).html),
  );
  server.get(scriptPath, async (_request, reply) => {
    const { buffer, byteOffset, byteLength } = (await reference()).script;
    return reply
      .type('application/javascript; charset=utf-8')
      .send(Buffer.from(buffer, byteOffset, byteLength));
  });
}

/**
 * The reference comes as a module with 4 MB of script in a string, of which V8 keeps two copies, and parsers that this
 * page has no use for. So the first visit has it read on a thread that ends, and nothing but the script stays.
 */
function readReference(documentUrl: string): Promise<Reference> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./reference-worker.ts', import.meta.url), {
      name: 'api-reference',
      workerData: { path, scriptPath, documentUrl } satisfies ReferenceTask,
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread of the API reference ended with ${code}`)));
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
