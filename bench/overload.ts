// What happens at four times the rate that can be served? Measured with the text encoder, in an open loop.
//   npm run bench -- overload [rounds] [seconds]
import { setTimeout as sleep } from 'node:timers/promises';
import { makeBenchModels } from './support/bench-models.ts';
import { readArguments } from './support/compare.ts';
import { measure, requireWrk } from './support/load.ts';
import { noAnswer, type Sent, sendAtRate } from './support/open-loop.ts';
import { payloadOf } from './support/payloads.ts';
import { milliseconds, reportGoals } from './support/report.ts';
import { start } from './support/server.ts';
import { orielBenchCommand } from './support/sides.ts';
import { quantile, table } from './support/table.ts';

const { rounds, seconds } = readArguments({ rounds: 3, seconds: 8 });
await requireWrk();
await makeBenchModels();

/** So long it has been overloaded before it is measured. */
const warmUpSeconds = 2;
const payload = await payloadOf('encoder');
const overloads: Awaited<ReturnType<typeof measureOnce>>[] = [];
for (let round = 0; round < rounds; round++) overloads.push(await measureOnce());

console.log(
  table(
    [
      'round',
      'peak/s',
      'sent/s',
      'goodput/s',
      'p99 at c=64 ms',
      'accepted p99 ms',
      'refused',
      'refusal p50 / p99 ms',
      'lost',
    ],
    overloads.map((o, round) => [
      String(round + 1),
      o.peak.toFixed(0),
      o.sentPerSecond.toFixed(0),
      o.goodput.toFixed(0),
      milliseconds(o.fullLoadP99Ms),
      milliseconds(o.acceptedP99Ms),
      String(o.refused),
      `${milliseconds(o.refusalP50Ms)} / ${milliseconds(o.refusalP99Ms)}`,
      String(o.lost),
    ]),
  ),
);
const over = (of: (overload: (typeof overloads)[number]) => number) => overloads.map(of);
reportGoals([
  { text: 'goodput, of the peak', ratios: over((o) => o.goodput / o.peak), bound: ['>=', 0.9] },
  {
    text: 'p99 of the accepted, of that at c=64',
    ratios: over((o) => o.acceptedP99Ms / o.fullLoadP99Ms),
    bound: ['<=', 2],
  },
  { text: 'time to a refusal, p50, ms', ratios: over((o) => o.refusalP50Ms), bound: ['<=', 5] },
  { text: 'time to a refusal, p99, ms', ratios: over((o) => o.refusalP99Ms), bound: ['<=', 5] },
  { text: 'refusals with Retry-After', ratios: over((o) => o.withRetryAfter / o.refused), bound: ['>=', 1] },
]);

/** The peak is that of 64 callers who wait for their answers; then four times as much comes from callers who do not. */
async function measureOnce() {
  const server = await start({ name: 'Oriel', command: orielBenchCommand, env: { MODELS: 'encoder' } });
  try {
    const url = `${server.url}/api/v1/models/encoder/predict`;
    await measure({ url, payload, connections: 64, seconds: 2 });
    const full = await measure({ url, payload, connections: 64, seconds: Math.max(3, seconds / 2) });
    await sleep(500);
    const rate = Math.round(4 * full.perSecond);
    const sent = await sendAtRate({ url, payload, rate, seconds: warmUpSeconds + seconds });
    return { peak: full.perSecond, fullLoadP99Ms: full.p99Ms, sentPerSecond: rate, ...summarise(sent) };
  } finally {
    await server.stop();
  }
}

function summarise(all: readonly Sent[]) {
  // its first callers are those for whom connections are opened, and code runs that V8 has not compiled yet
  const sent = all.filter(({ atMs }) => atMs > warmUpSeconds * 1000);
  const accepted = sent.filter(({ status }) => status === 200);
  const refused = sent.filter(({ status }) => status === 503);
  // while the load lasts: what is answered after it would flatter
  const good = accepted.filter(({ atMs }) => atMs <= (warmUpSeconds + seconds) * 1000);
  const refusalMs = refused.map(({ ms }) => ms);
  return {
    goodput: good.length / seconds,
    acceptedP99Ms: quantile(
      accepted.map(({ ms }) => ms),
      0.99,
    ),
    refused: refused.length,
    refusalP50Ms: quantile(refusalMs, 0.5),
    refusalP99Ms: quantile(refusalMs, 0.99),
    withRetryAfter: refused.filter(({ hasRetryAfter }) => hasRetryAfter).length,
    lost: all.filter(({ status }) => status === noAnswer).length,
  };
}
