// A plain tRPC server with the official Fastify adapter and the contract's zod input; session.run on the main thread.
import process from 'node:process';
import { initTRPC } from '@trpc/server';
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import Fastify from 'fastify';
import superjson from 'superjson';
import { openModel } from '../support/open-model.ts';

const { contract, predict } = await openModel(process.env.MODEL ?? 'penguins');
const t = initTRPC.create({ transformer: superjson, isDev: false });
const router = t.router({
  predict: t.procedure
    .input(contract.input)
    .mutation(async ({ input }) => ({ output: await predict(input) })),
});

const server = Fastify({ routerOptions: { maxParamLength: 5000 } });
server.get('/health/ready', async () => ({ status: 'ready' }));
await server.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions: { router } });
await server.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
