// How much slower are live predictions while a job scores a large dataset? At a rate that leaves room, in an open loop; and
// beside programs that only compute, at the lowest priority there is: as much as a job that asks nothing of anybody takes.
//   npm run bench -- live-with-job [rounds] [seconds] [predictions a second] [thousands of rows]
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { copyAccountFolder, headersOf } from './support/account.ts';
import { createDatasetCalls } from './support/dataset-calls.ts';
import { goingFirst } from './support/go-first.ts';
import { type Sent, sendAtRate } from './support/open-loop.ts';
import { payloadOf } from './support/payloads.ts';
import { writePenguinsCsv } from './support/penguin-rows.ts';
import { milliseconds, reportGoals } from './support/report.ts';
import { start } from './support/server.ts';
import { orielCommand } from './support/sides.ts';
import { startSpinners } from './support/spinners.ts';
import { median, quantile, table } from './support/table.ts';

const [rounds = 3, seconds = 8, rate = 300, thousands = 1000] = process.argv.slice(2).map(Number);
/** Penguins are answered on the event loop, digits by the threads that the job uses as well; they take longer. */
const shareOfRate = { penguins: 1, digits: 1 / 3 } as const;
const models = ['penguins', 'digits'] as const;
type Model = (typeof models)[number];
const settleMs = 1000;
const subject = { name: 'Oriel', command: orielCommand };
const csv = await writePenguinsCsv(1000 * thousands);
const dataFolder = await copyAccountFolder(subject);
const server = await start(subject, { dataFolder, isOfThisSession: true });

interface Round {
  readonly model: Model;
  readonly alone: readonly Sent[];
  readonly besideSpinners: readonly Sent[];
  readonly besideJob: readonly Sent[];
  /** What the job did meanwhile. */
  readonly rowsPerSecond: number;
}

const results: Round[] = [];
try {
  const calls = createDatasetCalls(server.url, await headersOf('key', server));
  const dataset = await calls.untilReady(await calls.upload(csv));
  for (const model of models) await ask(model, 2);
  for (let round = 0; round < rounds; round += 1)
    for (const model of models) {
      const alone = await ask(model, seconds);
      const spinners = startSpinners(2 * seconds);
      const besideSpinners = await ask(model, seconds).finally(spinners.stop);
      const besideJob: Sent[] = [];
      const startedAt = performance.now();
      let rowsDone = 0;
      // as many jobs, one after another, as the load lasts
      while (performance.now() - startedAt < 1000 * seconds) {
        const job = await calls.score(dataset);
        const isOver = calls.untilOver(job).then(() => true);
        while (!(await Promise.race([isOver, Promise.resolve(false)])))
          besideJob.push(...(await ask(model, 1)));
        rowsDone += 1000 * thousands;
      }
      const rowsPerSecond = (1000 * rowsDone) / (performance.now() - startedAt);
      results.push({ model, alone, besideSpinners, besideJob, rowsPerSecond });
      await sleep(settleMs);
    }
} finally {
  await server.stop();
  await rm(dataFolder, { recursive: true, force: true });
  await rm(dirname(csv), { recursive: true, force: true });
}

async function ask(model: Model, seconds: number): Promise<readonly Sent[]> {
  const url = `${server.url}/api/v1/models/${model}/predict`;
  const modelRate = Math.round(rate * shareOfRate[model]);
  const payload = await payloadOf(model);
  const sent = await goingFirst(() => sendAtRate({ url, payload, rate: modelRate, seconds }));
  const failed = sent.find(({ status }) => status !== 200);
  if (failed) throw new Error(`a live prediction of ${model} was answered with ${failed.status}`);
  return sent;
}

const at = (sent: readonly Sent[], share: number) =>
  quantile(
    sent.map(({ ms }) => ms),
    share,
  );
const lines = models.map((model) => {
  const of = results.filter((round) => round.model === model);
  const figure = (pick: (round: Round) => number) => milliseconds(median(of.map(pick)));
  return [
    model,
    figure(({ alone }) => at(alone, 0.5)),
    figure(({ besideSpinners }) => at(besideSpinners, 0.5)),
    figure(({ besideJob }) => at(besideJob, 0.5)),
    figure(({ alone }) => at(alone, 0.99)),
    figure(({ besideSpinners }) => at(besideSpinners, 0.99)),
    figure(({ besideJob }) => at(besideJob, 0.99)),
    String(Math.round(median(of.map(({ rowsPerSecond }) => rowsPerSecond)))),
  ];
});
console.log(
  `${rate} penguins or ${Math.round(rate * shareOfRate.digits)} digits a second, rounds of ${seconds} s\n`,
);
const besides = ['alone', 'with spinners', 'with job'];
const heads = ['p50', 'p99'].flatMap((share) => besides.map((beside) => `${share} ${beside}`));
console.log(table(['live', ...heads, 'rows/s of the job'], lines));
const ratios = (model: Model, ratio: (round: Round) => number) =>
  results.filter((round) => round.model === model).map(ratio);
reportGoals(
  models.flatMap((model) => [
    {
      text: `${model}, p99 with a job, of that without`,
      ratios: ratios(model, ({ alone, besideJob }) => at(besideJob, 0.99) / at(alone, 0.99)),
      bound: ['<=', 2] as const,
    },
    {
      text: `${model}, p99 with spinners, of that without`,
      ratios: ratios(model, ({ alone, besideSpinners }) => at(besideSpinners, 0.99) / at(alone, 0.99)),
    },
  ]),
);
