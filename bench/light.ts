// How fast is a light model (penguins) over HTTP, compared with what a user would write instead?
//   npm run bench -- light
// Rounds are interleaved, one server at a time; ratios are of medians.
import { hasWrk, type Measured, measure } from './support/load.ts';
import { type Running, type Subject, start } from './support/server.ts';
import { median, spread, table } from './support/table.ts';

const rounds = Number(process.argv[2] ?? 3);
const seconds = Number(process.argv[3] ?? 4);

const bird = `'"island":"Biscoe","culmenLengthMm":49.8,"culmenDepthMm":15.9,"flipperLengthMm":229,"bodyMassG":' .. (3000 + (n % 1000003) / 500) .. ',"sex":"male"'`;
const plainBody = `'{' .. ${bird} .. '}'`;
const trpcBody = `'{"json":{' .. ${bird} .. '}}'`;

interface Row extends Subject {
  readonly path: string;
  readonly bodyLua: string;
}

const oriel = ['node', '../packages/server/src/main.ts'] as const;
const rows: readonly Row[] = [
  {
    name: 'Fastify, main thread, one process',
    command: ['node', 'servers/naive-fastify.ts'],
    path: '/penguins',
    bodyLua: plainBody,
  },
  {
    name: 'Fastify, main thread, cluster of 2',
    command: ['node', 'servers/naive-fastify.ts'],
    env: { PROCESSES: '2' },
    path: '/penguins',
    bodyLua: plainBody,
  },
  {
    name: 'plain tRPC, official adapter',
    command: ['node', 'servers/plain-trpc.ts'],
    path: '/trpc/penguins',
    bodyLua: trpcBody,
  },
  { name: 'Oriel, REST', command: oriel, path: '/api/v1/models/penguins/predict', bodyLua: plainBody },
  { name: 'Oriel, tRPC', command: oriel, path: '/trpc/models.penguins.predict', bodyLua: trpcBody },
];

if (!(await hasWrk()))
  throw new Error('the load generator wrk is needed: apt-get install wrk, or brew install wrk');

const results = new Map<string, Measured[]>();
const key = (row: Row, connections: number) => `${row.name} c=${connections}`;
for (let round = 0; round < rounds; round++) {
  for (const row of rows) {
    const server: Running = await start(row);
    const load = { url: `${server.url}${row.path}`, bodyLua: row.bodyLua, contentType: 'application/json' };
    await measure({ ...load, connections: 16, seconds: 2 });
    for (const connections of [1, 64]) {
      const measured = await measure({ ...load, connections, seconds });
      results.set(key(row, connections), [...(results.get(key(row, connections)) ?? []), measured]);
    }
    await server.stop();
  }
}

for (const connections of [1, 64]) {
  const base = median((results.get(key(rows[1] as Row, connections)) ?? []).map((m) => m.requestsPerSecond));
  const lines = rows.map((row) => {
    const all = results.get(key(row, connections)) ?? [];
    const rates = all.map((m) => m.requestsPerSecond);
    return [
      row.name,
      median(rates).toFixed(0),
      (median(rates) / base).toFixed(2),
      spread(rates),
      median(all.map((m) => m.p50Ms)).toFixed(2),
      median(all.map((m) => m.p99Ms)).toFixed(2),
      String(all.reduce((sum, m) => sum + m.failures, 0)),
    ];
  });
  console.log(`\n${connections} connections\n`);
  console.log(
    table(['server', 'requests/s', 'x cluster of 2', 'spread', 'p50 ms', 'p99 ms', 'failures'], lines),
  );
}
