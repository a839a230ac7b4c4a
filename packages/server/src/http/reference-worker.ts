import { parentPort, workerData } from 'node:worker_threads';
import scalar from '@scalar/fastify-api-reference';
import Fastify from 'fastify';

/** What the thread is started with. */
export interface ReferenceTask {
  /** Where its page is; its script is below. */
  readonly path: `/${string}`;
  readonly scriptPath: string;
  readonly documentUrl: string;
}

/** What it says, once. */
export interface Reference {
  readonly html: string;
  readonly script: Uint8Array;
}

async function render({ path, scriptPath, documentUrl }: ReferenceTask): Promise<Reference> {
  const server = Fastify();
  await server.register(scalar, {
    routePrefix: path,
    configuration: {
      url: documentUrl,
      // absolute, since the page is at /docs and at /docs/
      cdn: scriptPath,
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
  const [page, script] = await Promise.all([server.inject(`${path}/`), server.inject(scriptPath)]);
  for (const { statusCode } of [page, script])
    if (statusCode !== 200) throw new Error(`the API reference answered with ${statusCode}`);
  return { html: page.body, script: script.rawPayload };
}

// workerData has no type of its own; docs-page.ts, its only sender, passes this
parentPort?.postMessage(await render(workerData as ReferenceTask));
