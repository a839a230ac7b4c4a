// What does the engine's way for jobs cost beside a plain loop over onnxruntime-node, with batches of the same size?
// Rows are in memory on both sides: no file is read or written, and no job is kept.
//   npm run bench -- bulk [rounds] [thousands of rows] [threads]
import * as contracts from '@oriel/models';
import { modelsFolder } from '@oriel/models/location';
import { pipeline } from '../models/penguins/pipeline.ts';
import { createEngine } from '../packages/server/src/engine/engine.ts';
import { makeBirds } from './support/penguin-rows.ts';
import { measurePlainLoop } from './support/plain-loop.ts';
import { reportGoals } from './support/report.ts';
import { median, table } from './support/table.ts';

const [rounds = 5, thousands = 300, threads = 1] = process.argv.slice(2).map(Number);
const rows = 1000 * thousands;
const chunkRows = 10_000;
/** As many as a job has on its way. */
const chunksAtOnce = 3;
const { batchSizeMax: batchSize } = pipeline.batching;

const quiet = { info() {}, warn() {}, error() {} };
const engine = createEngine({
  models: contracts,
  registry: new URL('registry.ts', modelsFolder),
  modelsFolder,
  threads,
  queueItemsMax: 1000,
  queueMsMax: 1000,
  deadlineMs: 60_000,
  cacheEntriesMax: 0,
  threadHeapMb: 512,
  stuckMs: 60_000,
  logger: quiet,
});
await engine.start();
const birds = [...makeBirds(rows)];
await scoreAll();

const results: { readonly plain: number; readonly bulk: number }[] = [];
for (let round = 0; round < rounds; round += 1)
  results.push({ plain: await measurePlainLoop({ rows, batchSize }), bulk: await scoreAll() });
await engine.close();

/** @returns rows a second */
async function scoreAll(): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < rows) {
      const inputs = birds.slice(next, next + chunkRows);
      next += chunkRows;
      const answers = await engine.predictBulk({ model: 'penguins', inputs });
      const failed = answers.find(({ ok }) => !ok);
      if (failed) throw new Error(`a row failed: ${JSON.stringify(failed)}`);
    }
  };
  await Promise.all(Array.from({ length: chunksAtOnce }, lane));
  return (1000 * rows) / (performance.now() - startedAt);
}

const thousand = (rates: readonly number[]) => Math.round(median(rates) / 1000).toString();
console.log(`${rows} rows, batches of ${batchSize}, ${threads} threads, thousands of rows a second\n`);
console.log(
  table(
    ['plain loop', 'predictBulk'],
    [[thousand(results.map(({ plain }) => plain)), thousand(results.map(({ bulk }) => bulk))]],
  ),
);
reportGoals([
  {
    text: 'predictBulk, of a plain loop',
    ratios: results.map(({ bulk, plain }) => bulk / plain),
    bound: ['>=', 0.8],
  },
]);
