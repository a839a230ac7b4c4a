// What does it cost to know who is calling? A light model over REST: nobody known, an API key, an access token, a session.
//   npm run bench -- identity [rounds] [seconds]
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Caller, copyAccountFolder, headersOf } from './support/account.ts';
import { type Round, readArguments, type WithCpu } from './support/compare.ts';
import { measure, requireWrk } from './support/load.ts';
import { payloadOf } from './support/payloads.ts';
import { readCpuMs } from './support/process-tree.ts';
import { report, reportGoals } from './support/report.ts';
import { start } from './support/server.ts';
import { orielCommand } from './support/sides.ts';

const { rounds, seconds } = readArguments({ rounds: 6, seconds: 2 });
await requireWrk();

const callers = ['anonymous', 'key', 'token', 'session'] as const satisfies readonly Caller[];
const connections = 64;
const subject = { name: 'Oriel', command: orielCommand, env: { MODELS: 'penguins' } };
const payload = await payloadOf('penguins');

const results = {
  plan: { sides: callers.map((name) => ({ name })), connections: [connections], rounds, seconds },
  rounds: await measureAll(),
};
report(results, 'anonymous');
reportGoals(
  callers.slice(1).flatMap((name) => [
    {
      text: `${name}, c=64, of an anonymous caller`,
      ratios: results.rounds.map((of) => of(name, 64).perSecond / of('anonymous', 64).perSecond),
      bound: ['>=', 0.9] as const,
    },
    {
      text: `${name}, c=64, the same by processor time`,
      ratios: results.rounds.map((of) => of('anonymous', 64).cpuUs / of(name, 64).cpuUs),
    },
  ]),
);

/** One server for all: the callers differ by less than one start of a server does from another. */
async function measureAll(): Promise<Round[]> {
  const dataFolder = await copyAccountFolder(subject);
  const server = await start(subject, { dataFolder });
  try {
    await sleep(1000);
    const url = `${server.url}/api/v1/models/penguins/predict`;
    const ask = async (caller: Caller, forSeconds: number) =>
      measure({ url, payload, connections, seconds: forSeconds, headers: await headersOf(caller, server) });
    for (const caller of callers) await ask(caller, 2);

    const found: Round[] = [];
    for (let round = 0; round < rounds; round++) {
      const ofRound = new Map<string, WithCpu>();
      // whoever comes first in one round comes last in the next
      for (const caller of round % 2 ? callers.toReversed() : callers) {
        const cpuBefore = await readCpuMs(server.pid);
        const measured = await ask(caller, seconds);
        const cpuMs = (await readCpuMs(server.pid)) - cpuBefore;
        ofRound.set(caller, { ...measured, cpuUs: (1000 * cpuMs) / (measured.perSecond * seconds) });
        process.stderr.write(`round ${round + 1}/${rounds}  ${caller}  ${measured.perSecond.toFixed(0)}/s\n`);
      }
      found.push((side) => {
        const measured = ofRound.get(side);
        if (!measured) throw new Error(`"${side}" was not measured`);
        return measured;
      });
    }
    return found;
  } finally {
    await server.stop();
    await rm(dataFolder, { recursive: true, force: true });
  }
}
