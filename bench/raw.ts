// What the bare runtime computes on two threads, without a server.
//   npm run bench -- raw [model] [seconds]
import { makeBenchModels } from './support/bench-models.ts';
import { measureRaw } from './support/raw.ts';
import { table } from './support/table.ts';

const [model = 'penguins', seconds = '1'] = process.argv.slice(2);
await makeBenchModels();

const rows: string[][] = [];
for (const batchSize of [1, 2, 4, 8, 16, 32, 64]) {
  const { perSecond } = await measureRaw({ model, batchSize, seconds: Number(seconds), threads: 2 });
  rows.push([String(batchSize), perSecond.toFixed(0)]);
}
console.log(`${model}, two threads\n\n${table(['batch', 'items/s'], rows)}`);
