import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Caller, copyAccountFolder, headersOf } from './account.ts';
import { checkAnswer, expectedOutput } from './check-answer.ts';
import type { Side } from './compare.ts';
import { measure } from './load.ts';
import { forTrpc, type Payload } from './payload.ts';
import { payloadOf } from './payloads.ts';
import { readCpuMs } from './process-tree.ts';
import { measureRaw } from './raw.ts';
import { type Subject, start } from './server.ts';

const startUpMs = 1000;
/**
 * V8 compiles what runs often, a larger program for longer: a server is measured as it is for all of its life but its
 * beginning. Models that take milliseconds run little else in these seconds.
 */
const warmUpSeconds = { light: 6, heavy: 25 };
const heavyModels: ReadonlySet<string> = new Set(['mobilenet', 'photo', 'encoder']);

interface Way extends Subject {
  readonly model: string;
  readonly path: string;
  readonly payload: Payload;
  readonly outputOf: (answer: unknown) => unknown;
  /** False where only the status is checked. */
  readonly hasSameOutput?: boolean;
  /** Who calls; peers ask nobody who they are. */
  readonly caller?: Caller;
}

/** A server under load. Its answer is checked each time it is started, then it is warmed up. */
function serverSide({ model, path, payload, outputOf, hasSameOutput = true, caller, ...subject }: Way): Side {
  let expected: Promise<unknown> | undefined;
  return {
    name: subject.name,
    async open() {
      expected ??= payloadOf(model).then((plain) => expectedOutput(model, plain));
      const dataFolder = caller === undefined ? undefined : await copyAccountFolder(subject);
      const server = await start(subject, dataFolder === undefined ? {} : { dataFolder });
      const close = async () => {
        await server.stop();
        if (dataFolder !== undefined) await rm(dataFolder, { recursive: true, force: true });
      };
      try {
        // the first of several processes answers the probe while others still start
        await sleep(startUpMs);
        const url = `${server.url}${path}`;
        const headers = caller === undefined ? {} : await headersOf(caller, server);
        const known = hasSameOutput ? await expected : undefined;
        await checkAnswer({ url, headers, payload, expected: known, outputOf });
        const seconds = warmUpSeconds[heavyModels.has(model) ? 'heavy' : 'light'];
        await measure({ url, headers, payload, connections: 32, seconds });
        return {
          measure: (connections, seconds) => measure({ url, headers, payload, connections, seconds }),
          cpuMs: () => readCpuMs(server.pid),
          close,
        };
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}

// what is read is compared with the expected output, so a wrong shape does not pass
const plainOutput = (answer: unknown) => (answer as { output?: unknown }).output;
const trpcOutput = (answer: unknown) =>
  (answer as { result?: { data?: { json?: { output?: unknown } } } }).result?.data?.json?.output;

/** What a user would write first: see servers/naive-fastify.ts. */
export async function naiveFastify(model: string, processes: number): Promise<Side> {
  return serverSide({
    name:
      processes > 1 ? `Fastify, main thread, cluster of ${processes}` : 'Fastify, main thread, one process',
    command: ['node', 'servers/naive-fastify.ts'],
    env: { MODEL: model, PROCESSES: String(processes) },
    model,
    path: '/predict',
    payload: await payloadOf(model),
    outputOf: plainOutput,
  });
}

/** The least that can be between HTTP and a model: see servers/bare.ts. What it answers says nothing. */
export async function bareServer(model: string): Promise<Side> {
  return serverSide({
    name: 'bare Node.js, nothing read',
    command: ['node', 'servers/bare.ts'],
    env: { MODEL: model },
    model,
    path: '/predict',
    payload: await payloadOf(model),
    outputOf: plainOutput,
    hasSameOutput: false,
  });
}

/** A plain tRPC server: see servers/plain-trpc.ts. */
export async function plainTrpc(model: string): Promise<Side> {
  return serverSide({
    name: 'plain tRPC, official adapter',
    command: ['node', 'servers/plain-trpc.ts'],
    env: { MODEL: model },
    model,
    path: '/trpc/predict',
    payload: forTrpc(await payloadOf(model)),
    outputOf: trpcOutput,
  });
}

export const fastApiName = 'FastAPI, 2 uvicorn workers';
/** The same, for JPEG files: with what few know that Pillow can do. */
export const fastApiDraftName = `${fastApiName}, half-size decoding`;
/** Where other code decodes the image the answer may differ in the last digits: then only the status is checked. */
const decodedByPillow: ReadonlySet<string> = new Set(['photo', 'digits']);

/** FastAPI with two workers; only to be had where `hasFastApi` says so. */
export async function fastApi(model: string, name = fastApiName): Promise<Side> {
  return serverSide({
    name,
    command: ['python3', 'servers/fastapi_app.py'],
    env: { MODEL: model, DRAFT: name === fastApiDraftName ? '1' : '' },
    model,
    path: '/predict',
    payload: await payloadOf(model),
    outputOf: plainOutput,
    hasSameOutput: !decodedByPillow.has(model),
  });
}

/** The command of `npm start`, with its defaults. */
export const orielCommand = ['node', '../packages/server/src/main.ts'] as const;
/** The same server with the models of the benchmarks. */
export const orielBenchCommand = ['node', 'servers/oriel.ts'] as const;

interface OrielSide {
  readonly door?: 'REST' | 'tRPC';
  readonly isBenchModel?: boolean;
  readonly caller?: Caller;
}

/**
 * Oriel's REST or tRPC door, with its defaults, asked by a program with an API key; a model of the benchmarks is served
 * by servers/oriel.ts.
 */
export async function oriel(
  model: string,
  { door = 'REST', isBenchModel = false, caller = 'key' }: OrielSide = {},
): Promise<Side> {
  const payload = await payloadOf(model);
  const server = {
    name: `Oriel, ${door}${caller === 'key' ? '' : `, ${caller}`}`,
    command: isBenchModel ? orielBenchCommand : orielCommand,
    env: { MODELS: model },
    model,
    caller,
  };
  return door === 'REST'
    ? serverSide({ ...server, path: `/api/v1/models/${model}/predict`, payload, outputOf: plainOutput })
    : serverSide({
        ...server,
        path: `/trpc/models.${model}.predict`,
        payload: forTrpc(payload),
        outputOf: trpcOutput,
      });
}

/** The runtime alone on two threads: the limit of what this machine computes. */
export function raw(model: string, batchSize: number): Side {
  return {
    name: `raw runtime, 2 threads, batches of ${batchSize}`,
    async open() {
      let cpuMs = 0;
      return {
        async measure(_connections, seconds) {
          const measured = await measureRaw({ model, batchSize, seconds, threads: 2 });
          cpuMs += measured.cpuMs;
          return measured;
        },
        cpuMs: async () => cpuMs,
        close: async () => {},
      };
    },
  };
}
