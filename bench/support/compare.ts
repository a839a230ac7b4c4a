import type { Measured } from './load.ts';

/** One of the things compared: a server, or the bare runtime. */
export interface Side {
  readonly name: string;
  /** Brought up for one round and closed again, so that only one runs at a time. */
  open(): Promise<OpenSide>;
}

export interface OpenSide {
  measure(connections: number, seconds: number): Promise<Measured>;
  /** Processor time so far, in milliseconds. */
  cpuMs(): Promise<number>;
  close(): Promise<void>;
}

interface Plan {
  readonly sides: readonly Side[];
  readonly connections: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
}

/** What one round measured of a side. */
export type Round = (side: string, connections: number) => WithCpu;

export interface WithCpu extends Measured {
  /** Processor time for each prediction, in microseconds. */
  readonly cpuUs: number;
}

export interface Results {
  readonly plan: Omit<Plan, 'sides'> & { readonly sides: readonly Pick<Side, 'name'>[] };
  readonly rounds: readonly Round[];
}

/** Measures the sides in turn, round after round: what disturbs the machine for a while disturbs all of them. */
export async function compare(plan: Plan): Promise<Results> {
  const rounds: Round[] = [];
  while (rounds.length < plan.rounds)
    rounds.push(await measureRound(plan, `round ${rounds.length + 1}/${plan.rounds}`));
  return { plan, rounds };
}

async function measureRound({ sides, connections, seconds }: Plan, title: string): Promise<Round> {
  const found = new Map<string, WithCpu>();
  for (const side of sides) {
    const open = await side.open();
    try {
      for (const count of connections) {
        const cpuBefore = await open.cpuMs();
        const measured = await open.measure(count, seconds);
        const cpuUs = (1000 * ((await open.cpuMs()) - cpuBefore)) / (measured.perSecond * seconds);
        found.set(`${side.name} ${count}`, { ...measured, cpuUs });
        process.stderr.write(`${title}  ${side.name}  c=${count}  ${measured.perSecond.toFixed(0)}/s\n`);
      }
    } finally {
      await open.close();
    }
  }
  return (side, count) => {
    const measured = found.get(`${side} ${count}`);
    if (!measured) throw new Error(`"${side}" was not measured with ${count} connections`);
    return measured;
  };
}

/** `rounds` and `seconds` from the command line, in this order; both are optional. */
export function readArguments(defaults: { rounds: number; seconds: number }) {
  const [rounds = defaults.rounds, seconds = defaults.seconds] = process.argv.slice(2).map(Number);
  if (!Number.isInteger(rounds) || rounds < 1 || !(seconds >= 1))
    throw new Error('arguments: [rounds, a whole number from 1] [seconds of each measurement, from 1]');
  return { rounds, seconds };
}
