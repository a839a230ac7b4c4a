import type { FastifyInstance } from 'fastify';

/** What stands in the way of serving; none when the server is ready. */
export interface Readiness {
  readonly isReady: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

interface Options {
  readonly readiness: () => Promise<Readiness>;
  readonly metrics: { text(): Promise<string>; readonly contentType: string };
}

/** Probes and metrics: live means the event loop answers, ready means that every model and the database do. */
export async function probes(server: FastifyInstance, { readiness, metrics }: Options): Promise<void> {
  server.get('/health/live', async () => ({ status: 'live' }));
  server.get('/health/ready', async (_request, reply) => {
    const { isReady, checks } = await readiness();
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready', checks });
  });
  server.get('/metrics', async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
}
