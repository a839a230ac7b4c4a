import type { FastifyInstance } from 'fastify';
import type { OnRequest } from './identification.ts';

/** What stands in the way of serving; none when the server is ready. */
export interface Readiness {
  readonly isReady: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

interface Options {
  readonly readiness: () => Promise<Readiness>;
  readonly metrics: { text(): Promise<string>; readonly contentType: string };
  /** Refuses who may not read the metrics. */
  readonly checkMetricsAccess: OnRequest;
}

/** Probes and metrics: live means the event loop answers, ready means that every model and the database do. */
export async function probes(
  server: FastifyInstance,
  { readiness, metrics, checkMetricsAccess }: Options,
): Promise<void> {
  server.get('/health/live', async () => ({ status: 'live' }));
  server.get('/health/ready', async (_request, reply) => {
    const { isReady, checks } = await readiness();
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready', checks });
  });
  server.get('/metrics', { onRequest: checkMetricsAccess }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
}
