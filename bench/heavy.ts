// How close to the runtime's own limit are models that take milliseconds: an image classifier of MobileNetV2's size,
// the same fed with JPEG files, and a text encoder of MiniLM's size?
//   npm run bench -- heavy [rounds] [seconds]
import { makeBenchModels } from './support/bench-models.ts';
import { compare, readArguments } from './support/compare.ts';
import { fastApiIfThere } from './support/fast-api.ts';
import { requireWrk } from './support/load.ts';
import { figure, type Goal, report, reportGoals } from './support/report.ts';
import { naiveFastify, oriel, raw } from './support/sides.ts';

const { rounds, seconds } = readArguments({ rounds: 3, seconds: 4 });
await requireWrk();
await makeBenchModels();

async function measureModel(
  model: string,
  title: string,
  batchSizes: readonly number[],
  connections: number[],
) {
  console.log(`\n# ${title}`);
  const cluster = await naiveFastify(model, 2);
  const ours = await oriel(model, { isBenchModel: true });
  const raws = batchSizes.map((size) => raw(model, size));
  const results = await compare({
    sides: [...raws, cluster, ...(await fastApiIfThere(model)), ours],
    connections,
    rounds,
    seconds,
  });
  report(results, cluster.name);
  return { results, ours: ours.name, cluster: cluster.name, raws: raws.map(({ name }) => name) };
}

const goals: Goal[] = [];
const bytes = await measureModel('mobilenet', 'MobileNetV2, raw bytes', [1, 16], [16]);
const bytesRate = figure(bytes.results, bytes.ours, 16);
const bytesLimit = Math.max(...bytes.raws.map((name) => figure(bytes.results, name, 16)));
goals.push({
  text: 'MobileNet bytes, c=16, of the raw limit',
  ratio: bytesRate / bytesLimit,
  bound: ['>=', 0.9],
});

const photos = await measureModel('photo', 'MobileNetV2, JPEG of 640 x 480', [1], [16]);
goals.push({
  text: 'JPEG, c=16, of the naive cluster with the same decoder',
  ratio: figure(photos.results, photos.ours, 16) / figure(photos.results, photos.cluster, 16),
});

const text = await measureModel('encoder', 'text encoder, 32 tokens', [1, 16, 32], [1, 64]);
const [alone = '', ...batches] = text.raws;
const textRate = figure(text.results, text.ours, 64);
const textLimit = Math.max(...batches.map((name) => figure(text.results, name, 64)));
const p50 = figure(text.results, text.ours, 64, ({ p50Ms }) => p50Ms);
const p99 = figure(text.results, text.ours, 64, ({ p99Ms }) => p99Ms);
goals.push(
  { text: 'encoder, c=64, of the raw limit in batches', ratio: textRate / textLimit, bound: ['>=', 0.93] },
  {
    text: 'encoder, c=64, of the raw loop at batch 1',
    ratio: textRate / figure(text.results, alone, 64),
    bound: ['>=', 1.15],
  },
  { text: 'encoder, c=64, p99 of its p50', ratio: p99 / p50, bound: ['<=', 1.3] },
);
reportGoals(goals);
