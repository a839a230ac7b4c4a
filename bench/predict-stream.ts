// How many rows does predict-stream answer, and does its memory stay flat? As many as fit two minutes, at most 10 million.
//   npm run bench -- predict-stream [seconds] [thousands of rows]
import { once } from 'node:events';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { watchMemory } from './support/peak-memory.ts';
import { textsOf } from './support/penguin-rows.ts';
import { reportGoals } from './support/report.ts';
import { start } from './support/server.ts';
import { orielCommand } from './support/sides.ts';
import { median, table } from './support/table.ts';

const [seconds = 120, thousands = 10_000] = process.argv.slice(2).map(Number);
const rows = 1000 * thousands;
const lineFeed = 10;
const server = await start({ name: 'Oriel', command: orielCommand });
const memory = watchMemory(server.pid, 1000);
const startedAt = performance.now();
const elapsedMs = () => performance.now() - startedAt;

try {
  const sending = request(`${server.url}/api/v1/models/penguins/predict-stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
  });
  const answered = once(sending, 'response');
  const [sent, answers] = await Promise.all([send(), count()]);
  const ms = elapsedMs();
  if (answers !== sent) throw new Error(`${answers} answers to ${sent} rows`);
  say(sent, ms);

  async function send(): Promise<number> {
    const source = rowsUntilLate();
    await pipeline(Readable.from(source.texts()), sending);
    return source.count();
  }

  async function count(): Promise<number> {
    const [response] = await answered;
    if (response.statusCode !== 200) throw new Error(`answered ${response.statusCode}`);
    let lines = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      for (let place = chunk.indexOf(lineFeed); place !== -1; place = chunk.indexOf(lineFeed, place + 1))
        lines += 1;
      if (chunk.includes('"ok":false')) throw new Error(`a row failed: ${chunk.toString().slice(0, 300)}`);
    }
    return lines;
  }
} finally {
  memory.stop();
  await server.stop();
}

function rowsUntilLate() {
  let sent = 0;
  return {
    count: () => sent,
    *texts() {
      for (const text of textsOf(rows, (bird) => `${JSON.stringify(bird)}\n`)) {
        if (elapsedMs() > 1000 * seconds) return;
        sent += text.split('\n').length - 1;
        yield text;
      }
    },
  };
}

/** Memory by quarters of the time: what grows, grows from one to the next. */
function say(sent: number, ms: number): void {
  const quarter = Math.max(1, Math.floor(memory.samplesMb.length / 4));
  const quarters = [0, 1, 2, 3].map((i) => median(memory.samplesMb.slice(i * quarter, (i + 1) * quarter)));
  console.log(
    table(
      ['rows', 'rows/s', 'seconds', 'MiB, 1st quarter', '2nd', '3rd', '4th', 'peak'],
      [
        [
          String(sent),
          ((1000 * sent) / ms).toFixed(0),
          (ms / 1000).toFixed(1),
          ...quarters.map((mb) => mb.toFixed(0)),
          memory.peakMb().toFixed(0),
        ],
      ],
    ),
  );
  const [, second = Number.NaN, , fourth = Number.NaN] = quarters;
  reportGoals([
    { text: 'memory of the last quarter, of the second', ratios: [fourth / second], bound: ['<=', 1.1] },
  ]);
}
