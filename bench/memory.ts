// How much memory does the server take: idle, after 100,000 mixed predictions beyond its warm-up, for one more thread, for one
// more model?
//   npm run bench -- memory [thousands of predictions]
import { setTimeout as sleep } from 'node:timers/promises';
import { makeBenchModels } from './support/bench-models.ts';
import { measure, requireWrk } from './support/load.ts';
import { payloadOf } from './support/payloads.ts';
import { type Memory, readMemory } from './support/process-tree.ts';
import { reportGoals } from './support/report.ts';
import { type Running, start } from './support/server.ts';
import { orielBenchCommand, orielCommand } from './support/sides.ts';
import { table } from './support/table.ts';

const predictions = 1000 * Number(process.argv[2] ?? 100);
/** Until caches are full, and heaps have grown to what V8 lets them have before it marks them. */
const warmUp = predictions / 2;
const settleMs = 2000;
await requireWrk();
await makeBenchModels();

const rows: string[][] = [];
const note = (what: string, { residentMb, proportionalMb, processes }: Memory) =>
  rows.push([what, residentMb.toFixed(0), proportionalMb.toFixed(0), String(processes)]);

await growth();
await costOfThreads();
await costOfModels();
console.log(`\n${table(['', 'resident MiB', 'shared pages once, MiB', 'processes'], rows)}`);

/** Caches, heaps and buffers fill at first; what matters is that it ends. */
async function growth(): Promise<void> {
  const server = await start({ name: 'Oriel', command: orielCommand });
  note('idle, three models', await settled(server));
  const warm = await after(server, warmUp, warmUp);
  await after(server, predictions / 2, warmUp + predictions / 2);
  const end = await after(server, predictions / 2, warmUp + predictions);
  await server.stop();
  reportGoals([
    {
      text: 'resident after all predictions, of that after the warm-up',
      ratios: [end.residentMb / warm.residentMb],
      bound: ['<=', 1.05],
    },
  ]);
}

/** So many more, which makes them `total`. */
async function after(server: Running, count: number, total: number): Promise<Memory> {
  await send(server, count);
  const memory = await settled(server);
  note(`after ${total} predictions`, memory);
  return memory;
}

/** Penguins, mails and drawings in turn, by the second, until there were so many answers. */
async function send(server: Running, count: number): Promise<void> {
  for (let answered = 0; answered < count; ) {
    for (const model of ['penguins', 'spam', 'digits']) {
      const url = `${server.url}/api/v1/models/${model}/predict`;
      const load = { url, payload: await payloadOf(model), connections: 32, seconds: 1 };
      const { perSecond, failures } = await measure(load);
      if (failures > 0) throw new Error(`${failures} predictions of ${model} failed`);
      answered += perSecond;
    }
  }
}

async function costOfThreads(): Promise<void> {
  for (const threads of [1, 2, 3]) {
    const server = await start({
      name: 'Oriel',
      command: orielCommand,
      env: { ORIEL_THREADS: String(threads) },
    });
    note(`idle, ORIEL_THREADS=${threads}`, await settled(server));
    await server.stop();
  }
}

/** Large models are what costs: the encoder's file has 90 MB. */
async function costOfModels(): Promise<void> {
  for (const models of ['pixels', 'pixels,mobilenet', 'pixels,mobilenet,encoder']) {
    const server = await start({ name: 'Oriel', command: orielBenchCommand, env: { MODELS: models } });
    note(`idle, models ${models}`, await settled(server));
    await server.stop();
  }
}

/** After what is under way, such as the writing of records, is done. */
async function settled(server: Running): Promise<Memory> {
  await sleep(settleMs);
  return readMemory(server.pid);
}
