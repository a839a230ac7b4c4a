// How fast is a light model (penguins) over HTTP, compared with what a user would write instead?
//   npm run bench -- light [rounds] [seconds]
import { compare, type Round, readArguments } from './support/compare.ts';
import { fastApiGoals, fastApiIfThere } from './support/fast-api.ts';
import { requireWrk } from './support/load.ts';
import { report, reportGoals } from './support/report.ts';
import { naiveFastify, oriel, plainTrpc } from './support/sides.ts';

const { rounds, seconds } = readArguments({ rounds: 3, seconds: 2 });
await requireWrk();

const cluster = await naiveFastify('penguins', 2);
const single = await naiveFastify('penguins', 1);
const trpc = await plainTrpc('penguins');
const rest = await oriel('penguins');
const orielTrpc = await oriel('penguins', { door: 'tRPC' });
const sides = [single, cluster, trpc, ...(await fastApiIfThere('penguins')), rest, orielTrpc];

const results = await compare({ sides, connections: [1, 64], rounds, seconds });
report(results, cluster.name);

const ratios = (ratio: (round: Round) => number) => results.rounds.map(ratio);
reportGoals([
  {
    text: 'REST, c=64, of the naive cluster',
    ratios: ratios((of) => of(rest.name, 64).perSecond / of(cluster.name, 64).perSecond),
    bound: ['>=', 0.8],
  },
  {
    text: 'REST, c=64, the same by processor time',
    ratios: ratios((of) => of(cluster.name, 64).cpuUs / of(rest.name, 64).cpuUs),
  },
  ...fastApiGoals(results, { text: 'REST', ours: rest.name, connections: 64, times: 1.8 }),
  {
    text: 'REST, c=1, p50 of the naive single process',
    ratios: ratios((of) => of(rest.name, 1).p50Ms / of(single.name, 1).p50Ms),
    bound: ['<=', 1.3],
  },
  {
    text: 'tRPC, c=64, of a plain tRPC server',
    ratios: ratios((of) => of(orielTrpc.name, 64).perSecond / of(trpc.name, 64).perSecond),
    bound: ['>=', 2.5],
  },
  {
    text: 'tRPC, c=64, the same by processor time',
    ratios: ratios((of) => of(trpc.name, 64).cpuUs / of(orielTrpc.name, 64).cpuUs),
  },
]);
