// What a user would write first: Fastify, session.run on the main thread, no validation, no limits, no records.
// With PROCESSES=2, two of them behind node:cluster.
import cluster from 'node:cluster';
import process from 'node:process';
import Fastify from 'fastify';
import { openModel } from '../support/open-model.ts';

const processes = Number(process.env.PROCESSES ?? 1);
if (processes > 1 && cluster.isPrimary) {
  for (let i = 0; i < processes; i++) cluster.fork();
  process.on('SIGTERM', () => process.exit(0));
} else {
  const { contract, predict } = await openModel(process.env.MODEL ?? 'penguins');
  const field = contract.media?.field ?? '';
  const server = Fastify({ bodyLimit: 10_485_760 });
  server.addContentTypeParser(
    ['application/octet-stream', 'image/png', 'image/jpeg'],
    { parseAs: 'buffer' },
    (_request, body, done) => done(null, { [field]: body }),
  );
  server.get('/health/ready', async () => ({ status: 'ready' }));
  server.post('/predict', async (request) => ({ output: await predict(request.body) }));
  await server.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
}
