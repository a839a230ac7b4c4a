// A plain tRPC server with the official Fastify adapter and a zod input; session.run on the main thread.
import process from 'node:process';
import { penguins } from '@oriel/models';
import { initTRPC } from '@trpc/server';
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import Fastify from 'fastify';
import superjson from 'superjson';
import { predictPenguin } from './penguin.ts';

const t = initTRPC.create({ transformer: superjson, isDev: false });
const router = t.router({
  penguins: t.procedure
    .input(penguins.input)
    .mutation(async ({ input }) => ({ output: await predictPenguin(input) })),
});

const server = Fastify({ routerOptions: { maxParamLength: 5000 } });
server.get('/health/ready', async () => ({ status: 'ready' }));
await server.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions: { router } });
await server.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
