// How fast are digits, as 784 numbers in JSON and as a PNG?
//   npm run bench -- digits [rounds] [seconds]
import { makeBenchModels } from './support/bench-models.ts';
import { compare, readArguments } from './support/compare.ts';
import { fastApiGoals, fastApiIfThere } from './support/fast-api.ts';
import { requireWrk } from './support/load.ts';
import { report, reportGoals } from './support/report.ts';
import { naiveFastify, oriel, raw } from './support/sides.ts';

const { rounds, seconds } = readArguments({ rounds: 3, seconds: 2 });
await requireWrk();
await makeBenchModels();

console.log('\n# 784 numbers');
const cluster = await naiveFastify('pixels', 2);
const ours = await oriel('pixels', { isBenchModel: true });
const numbers = await compare({
  sides: [
    raw('pixels', 1),
    raw('pixels', 32),
    await naiveFastify('pixels', 1),
    cluster,
    ...(await fastApiIfThere('pixels')),
    ours,
  ],
  connections: [1, 64],
  rounds,
  seconds,
});
report(numbers, cluster.name);

console.log(
  '\n# a PNG of 140 x 140 pixels, decoded and normalised by the same code on all sides but FastAPI',
);
const pngCluster = await naiveFastify('digits', 2);
const pngOurs = await oriel('digits');
const png = await compare({
  sides: [await naiveFastify('digits', 1), pngCluster, ...(await fastApiIfThere('digits')), pngOurs],
  connections: [1, 64],
  rounds,
  seconds,
});
report(png, pngCluster.name);

reportGoals([
  {
    text: '784 numbers, c=64, of the naive cluster',
    ratios: numbers.rounds.map((of) => of(ours.name, 64).perSecond / of(cluster.name, 64).perSecond),
  },
  {
    text: '784 numbers, c=64, the same by processor time',
    ratios: numbers.rounds.map((of) => of(cluster.name, 64).cpuUs / of(ours.name, 64).cpuUs),
  },
  ...fastApiGoals(numbers, { text: '784 numbers', ours: ours.name, connections: 64, times: 2 }),
  {
    text: 'PNG, c=64, of the naive cluster with the same decoder',
    ratios: png.rounds.map((of) => of(pngOurs.name, 64).perSecond / of(pngCluster.name, 64).perSecond),
  },
  ...fastApiGoals(png, { text: 'PNG', ours: pngOurs.name, connections: 64, times: 2 }),
]);
