// What a user would write first: Fastify, session.run on the main thread, no validation, no limits, no records.
// With PROCESSES=2, two of them behind node:cluster.
import cluster from 'node:cluster';
import process from 'node:process';
import Fastify from 'fastify';
import { predictPenguin } from './penguin.ts';

const processes = Number(process.env.PROCESSES ?? 1);
if (processes > 1 && cluster.isPrimary) {
  for (let i = 0; i < processes; i++) cluster.fork();
  process.on('SIGTERM', () => process.exit(0));
} else {
  const server = Fastify();
  server.get('/health/ready', async () => ({ status: 'ready' }));
  server.post('/penguins', async (request) => ({ output: await predictPenguin(request.body) }));
  await server.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
}
