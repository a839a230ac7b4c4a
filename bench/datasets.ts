// How fast is a large CSV taken in, profiled, scored with penguins and fetched, and in how much memory? How fast is the
// scoring beside a plain loop over onnxruntime-node in one process, with batches of the same size?
//   npm run bench -- datasets [rounds] [thousands of rows]
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { pipeline } from '../models/penguins/pipeline.ts';
import { copyAccountFolder, headersOf } from './support/account.ts';
import { createDatasetCalls } from './support/dataset-calls.ts';
import { watchMemory } from './support/peak-memory.ts';
import { writePenguinsCsv } from './support/penguin-rows.ts';
import { measurePlainLoop } from './support/plain-loop.ts';
import { reportGoals } from './support/report.ts';
import { start } from './support/server.ts';
import { orielCommand } from './support/sides.ts';
import { median, table } from './support/table.ts';

const [rounds, thousands] = [Number(process.argv[2] ?? 3), Number(process.argv[3] ?? 1000)];
const rows = 1000 * thousands;
const { batchSizeMax: batchSize } = pipeline.batching;
const subject = { name: 'Oriel', command: orielCommand };
const csv = await writePenguinsCsv(rows);
const dataFolder = await copyAccountFolder(subject);

interface Round {
  readonly plain: number;
  /** Of as many such loops at once as there are cores: how much more than one they do is the machine's affair. */
  readonly plainOnAll: number;
  readonly upload: number;
  readonly profile: number;
  /** From the call that made the job to its end. */
  readonly job: number;
  /** From the job's own start to its end: the reading of rows and the writing of results are in it. */
  readonly score: number;
  readonly download: number;
}

/** Rows a second of something that handles all of them. */
async function rateOf<T>(work: () => Promise<T>): Promise<{ readonly rate: number; readonly result: T }> {
  const startedAt = performance.now();
  const result = await work();
  return { result, rate: (1000 * rows) / (performance.now() - startedAt) };
}

async function measureOnAll(): Promise<number> {
  const loops = Array.from({ length: availableParallelism() }, () => measurePlainLoop({ rows, batchSize }));
  return (await Promise.all(loops)).reduce((sum, rate) => sum + rate, 0);
}

const server = await start(subject, { dataFolder });
const memory = watchMemory(server.pid);
const results: Round[] = [];
try {
  const calls = createDatasetCalls(server.url, await headersOf('key', server));
  for (let round = 0; round < rounds; round += 1) {
    const plain = await measurePlainLoop({ rows, batchSize });
    const plainOnAll = await measureOnAll();
    const uploaded = await rateOf(() => calls.upload(csv));
    const read = await rateOf(() => calls.untilReady(uploaded.result));
    const scored = await rateOf(async () => calls.untilOver(await calls.score(read.result)));
    const { resultsId, progress, startedAt, finishedAt } = scored.result;
    if (resultsId === null || progress.rowsDone !== rows || progress.rowsFailed > 0)
      throw new Error(`the job did not score every row: ${JSON.stringify(progress)}`);
    const fetched = await rateOf(() => calls.download(resultsId));
    if (fetched.result !== rows + 1) throw new Error(`${fetched.result} lines of ${rows + 1} came back`);
    results.push({
      plain,
      plainOnAll,
      upload: uploaded.rate,
      profile: read.rate,
      job: scored.rate,
      score: (1000 * rows) / (Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '')),
      download: fetched.rate,
    });
  }
} finally {
  memory.stop();
  await server.stop();
  await rm(dataFolder, { recursive: true, force: true });
  await rm(dirname(csv), { recursive: true, force: true });
}

const over = (of: (round: Round) => number) => results.map(of);
const thousand = (rates: readonly number[]) => Math.round(median(rates) / 1000).toString();
console.log(`${rows} rows, batches of ${batchSize}, thousands of rows a second, medians of ${rounds}\n`);
console.log(
  table(
    [
      'upload',
      'convert and profile',
      'score',
      'score, from the call',
      'download as CSV',
      'plain loop',
      'one on each core',
      'peak memory, MiB',
    ],
    [
      [
        thousand(over((round) => round.upload)),
        thousand(over((round) => round.profile)),
        thousand(over((round) => round.score)),
        thousand(over((round) => round.job)),
        thousand(over((round) => round.download)),
        thousand(over((round) => round.plain)),
        thousand(over((round) => round.plainOnAll)),
        memory.peakMb().toFixed(0),
      ],
    ],
  ),
);
reportGoals([
  {
    text: 'scoring, of a plain loop in one process',
    ratios: over(({ score, plain }) => score / plain),
    bound: ['>=', 0.8],
  },
  { text: 'plain loops on all cores, of one', ratios: over(({ plainOnAll, plain }) => plainOnAll / plain) },
  {
    text: 'scoring, of plain loops on all cores',
    ratios: over(({ score, plainOnAll }) => score / plainOnAll),
  },
]);
