// How long from `node` to ready with three models, the first time and then; and where does the time go?
//   npm run bench -- start [rounds]
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from './support/server.ts';
import { orielCommand } from './support/sides.ts';
import { median, spread, table } from './support/table.ts';

const rounds = Number(process.argv[2] ?? 3);
const first: number[] = [];
const second: number[] = [];
let milestones: string[][] = [];
for (let round = 0; round < rounds; round++) {
  const folder = await mkdtemp(join(tmpdir(), 'oriel-bench-start-'));
  first.push((await startOnce(folder)).readyMs);
  const again = await startOnce(folder);
  second.push(again.readyMs);
  milestones = again.milestones;
  await rm(folder, { recursive: true, force: true });
}

const bare = timeOf('0');
const imports = timeOf(`await import('${new URL('../packages/server/src/app.ts', import.meta.url).href}')`);
console.log(
  table(
    ['start', 'ready after ms', 'spread'],
    [
      ['first: the database is made', median(first).toFixed(0), spread(first)],
      ['second', median(second).toFixed(0), spread(second)],
      ['of that, Node alone', median(bare).toFixed(0), spread(bare)],
      ['of that, Node and the modules of the server', median(imports).toFixed(0), spread(imports)],
    ],
  ),
);
console.log(`\nLog of the last second start:\n\n${table(['ms', 'line'], milestones)}`);

/** How long Node takes to run a line and end. */
function timeOf(script: string): number[] {
  return Array.from({ length: rounds }, () => {
    const startedAt = performance.now();
    const { status } = spawnSync('node', ['--input-type=module', '-e', `${script}; process.exit(0)`]);
    if (status !== 0) throw new Error(`node -e "${script}" ended with ${status}`);
    return performance.now() - startedAt;
  });
}

/** Starts, reads the log up to readiness, stops. */
async function startOnce(dataFolder: string) {
  const milestones: string[][] = [];
  const startedAt = performance.now();
  const onOutput = (text: string) => {
    const at = (performance.now() - startedAt).toFixed(0);
    // the probe that waits for readiness leaves lines as well
    for (const line of text
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.includes('/health/ready"')))
      milestones.push([at, readLine(line)]);
  };
  const subject = { name: 'Oriel', command: orielCommand, env: { LOG_LEVEL: 'debug', LOG_FORMAT: 'json' } };
  const server = await start(subject, { dataFolder, onOutput });
  const untilReady = milestones.slice();
  await server.stop();
  return { readyMs: server.readyMs, milestones: untilReady };
}

/** The message of a log line, with what it says took how long; other lines as they are. */
function readLine(line: string): string {
  try {
    const { msg, level: _level, time: _time, ...fields }: Record<string, unknown> = JSON.parse(line);
    return `${String(msg)} ${JSON.stringify(fields)}`;
  } catch {
    return line.trim();
  }
}
