// How close to the runtime's own limit are models that take milliseconds: an image classifier of MobileNetV2's size,
// the same fed with JPEG files, and a text encoder of MiniLM's size?
//   npm run bench -- heavy [rounds] [seconds]
import { makeBenchModels } from './support/bench-models.ts';
import { compare, type Round, readArguments } from './support/compare.ts';
import { fastApiGoals, fastApiIfThere } from './support/fast-api.ts';
import { requireWrk } from './support/load.ts';
import { report, reportGoals } from './support/report.ts';
import { bareServer, fastApiDraftName, fastApiName, naiveFastify, oriel, raw } from './support/sides.ts';

const { rounds, seconds } = readArguments({ rounds: 3, seconds: 4 });
await requireWrk();
await makeBenchModels();
const jpegFastApis = [fastApiName, fastApiDraftName];

async function measureModel(
  model: string,
  title: string,
  batchSizes: readonly number[],
  connections: number[],
  fastApis?: readonly string[],
) {
  console.log(`\n# ${title}`);
  const cluster = await naiveFastify(model, 2);
  const bare = await bareServer(model);
  const ours = await oriel(model, { isBenchModel: true });
  const raws = batchSizes.map((size) => raw(model, size));
  const results = await compare({
    sides: [...raws, bare, cluster, ...(await fastApiIfThere(model, fastApis)), ours],
    connections,
    rounds,
    seconds,
  });
  report(results, cluster.name);
  const names = { ours: ours.name, bare: bare.name, cluster: cluster.name };
  return { results, ...names, raws: raws.map(({ name }) => name) };
}

const bytes = await measureModel('mobilenet', 'MobileNetV2, raw bytes', [1, 16], [16]);
const photos = await measureModel('photo', 'MobileNetV2, JPEG of 640 x 480', [1], [16], jpegFastApis);
const text = await measureModel('encoder', 'text encoder, 32 tokens', [1, 16, 32], [1, 64]);
const [alone = '', ...batches] = text.raws;

reportGoals([
  {
    text: 'MobileNet bytes, c=16, of the raw limit',
    ratios: bytes.results.rounds.map((of) => of(bytes.ours, 16).perSecond / fastest(of, bytes.raws, 16)),
    bound: ['>=', 0.9],
  },
  {
    text: 'MobileNet bytes, the same by processor time',
    ratios: bytes.results.rounds.map((of) => cheapest(of, bytes.raws, 16) / of(bytes.ours, 16).cpuUs),
  },
  {
    text: 'MobileNet bytes, bare Node.js of the raw limit',
    ratios: bytes.results.rounds.map((of) => of(bytes.bare, 16).perSecond / fastest(of, bytes.raws, 16)),
  },
  {
    text: 'MobileNet bytes, Oriel of bare Node.js',
    ratios: bytes.results.rounds.map((of) => of(bytes.ours, 16).perSecond / of(bytes.bare, 16).perSecond),
  },
  ...fastApiGoals(bytes.results, { text: 'MobileNet bytes', ours: bytes.ours, connections: 16, times: 1 }),
  {
    text: 'JPEG, c=16, of the naive cluster with the same decoder',
    ratios: photos.results.rounds.map(
      (of) => of(photos.ours, 16).perSecond / of(photos.cluster, 16).perSecond,
    ),
  },
  ...fastApiGoals(photos.results, { text: 'JPEG', ours: photos.ours, connections: 16, times: 1.4 }),
  ...fastApiGoals(photos.results, {
    text: 'JPEG, half-size decoding there',
    ours: photos.ours,
    connections: 16,
    name: fastApiDraftName,
  }),
  {
    text: 'encoder, c=64, of the raw limit in batches',
    ratios: text.results.rounds.map((of) => of(text.ours, 64).perSecond / fastest(of, batches, 64)),
    bound: ['>=', 0.93],
  },
  {
    text: 'encoder, the same by processor time',
    ratios: text.results.rounds.map((of) => cheapest(of, batches, 64) / of(text.ours, 64).cpuUs),
  },
  {
    text: 'encoder, c=64, bare Node.js of the raw limit in batches',
    ratios: text.results.rounds.map((of) => of(text.bare, 64).perSecond / fastest(of, batches, 64)),
  },
  {
    text: 'encoder, c=64, Oriel of bare Node.js',
    ratios: text.results.rounds.map((of) => of(text.ours, 64).perSecond / of(text.bare, 64).perSecond),
  },
  {
    text: 'encoder, c=64, of the raw loop at batch 1',
    ratios: text.results.rounds.map((of) => of(text.ours, 64).perSecond / of(alone, 64).perSecond),
    bound: ['>=', 1.15],
  },
  ...fastApiGoals(text.results, { text: 'encoder', ours: text.ours, connections: 64, times: 1 }),
  {
    text: 'encoder, c=64, p99 of its p50',
    ratios: text.results.rounds.map((of) => of(text.ours, 64).p99Ms / of(text.ours, 64).p50Ms),
    bound: ['<=', 1.3],
  },
]);

function fastest(of: Round, sides: readonly string[], connections: number): number {
  return Math.max(...sides.map((side) => of(side, connections).perSecond));
}

function cheapest(of: Round, sides: readonly string[], connections: number): number {
  return Math.min(...sides.map((side) => of(side, connections).cpuUs));
}
