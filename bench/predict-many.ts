// How many penguins a second in calls of 1,000, compared with the bare runtime in batches of 32?
//   npm run bench -- predict-many [rounds] [seconds]
import { isClose } from './support/check-answer.ts';
import { compare, readArguments, type Side } from './support/compare.ts';
import { measure, requireWrk } from './support/load.ts';
import { openModel } from './support/open-model.ts';
import { jsonPayload } from './support/payload.ts';
import { readCpuMs } from './support/process-tree.ts';
import { report, reportGoals } from './support/report.ts';
import { start } from './support/server.ts';
import { orielCommand, raw } from './support/sides.ts';

const { rounds, seconds } = readArguments({ rounds: 3, seconds: 3 });
await requireWrk();

const count = 1000;
const birds = Array.from({ length: count }, (_, i) => ({
  island: ['Biscoe', 'Dream', 'Torgersen'][i % 3],
  culmenLengthMm: 35 + (i % 200) / 10,
  culmenDepthMm: 14 + (i % 70) / 10,
  flipperLengthMm: 175 + (i % 50),
  bodyMassG: 3000 + i,
  sex: i % 2 ? 'male' : 'female',
}));

/** The weight of every bird ends with the number of the call, so that no bird is sent twice. */
function manyPayload() {
  const texts = birds.map((bird) => JSON.stringify(bird));
  const [first = '', ...others] = texts;
  const unlike = first.replace(/"bodyMassG":(\d+)/, '"bodyMassG":$1.1########');
  return jsonPayload(`{"inputs":[${unlike},${others.join()}]}`);
}

const ours: Side = {
  name: 'Oriel, predict-many of 1,000, REST',
  async open() {
    const server = await start({
      name: 'Oriel',
      command: orielCommand,
      env: { ORIEL_CACHE_ENTRIES_MAX: '0' },
    });
    const url = `${server.url}/api/v1/models/penguins/predict-many`;
    await checkMany(url);
    const payload = manyPayload();
    await measure({ url, payload, connections: 2, seconds: 1 });
    return {
      async measure(connections, seconds) {
        const measured = await measure({ url, payload, connections, seconds });
        return { ...measured, perSecond: measured.perSecond * count };
      },
      cpuMs: () => readCpuMs(server.pid),
      close: server.stop,
    };
  },
};

/** Each answer must be what the runtime gives for that bird alone, in the order of the birds. */
async function checkMany(url: string): Promise<void> {
  const { predict } = await openModel('penguins');
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ inputs: birds }),
  });
  const { results }: { results: readonly { ok: boolean; output?: unknown }[] } = JSON.parse(
    await response.text(),
  );
  for (const [index, bird] of birds.entries()) {
    if (!isClose(results[index]?.output, await predict(bird)))
      throw new Error(`bird ${index}: wrong answer ${JSON.stringify(results[index])}`);
  }
}

const limit = raw('penguins', 32);
const results = await compare({ sides: [limit, ours], connections: [1, 2], rounds, seconds });
report(results, limit.name);
reportGoals([
  {
    text: 'predict-many, of the raw runtime in batches of 32',
    ratios: results.rounds.map((of) => of(ours.name, 2).perSecond / of(limit.name, 2).perSecond),
    bound: ['>=', 0.5],
  },
]);
