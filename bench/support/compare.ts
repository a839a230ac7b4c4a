import type { Measured } from './load.ts';

/** One of the things compared: a server, or the bare runtime. */
export interface Side {
  readonly name: string;
  /** Brought up for one round and closed again, so that only one runs at a time. */
  open(): Promise<OpenSide>;
}

export interface OpenSide {
  measure(connections: number, seconds: number): Promise<Measured>;
  close(): Promise<void>;
}

interface Plan {
  readonly sides: readonly Side[];
  readonly connections: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
}

/** What was measured of each side, one entry for each round. */
export interface Results {
  readonly plan: Plan;
  of(side: string, connections: number): readonly Measured[];
}

/** Measures the sides in turn, round after round: what disturbs the machine for a while disturbs all of them. */
export async function compare(plan: Plan): Promise<Results> {
  const found = new Map<string, Measured[]>();
  for (let round = 1; round <= plan.rounds; round++) {
    for (const side of plan.sides) {
      const open = await side.open();
      try {
        for (const connections of plan.connections) {
          const measured = await open.measure(connections, plan.seconds);
          const key = `${side.name} ${connections}`;
          found.set(key, [...(found.get(key) ?? []), measured]);
          process.stderr.write(
            `round ${round}/${plan.rounds}  ${side.name}  c=${connections}  ${measured.perSecond.toFixed(0)}/s\n`,
          );
        }
      } finally {
        await open.close();
      }
    }
  }
  return { plan, of: (side, connections) => found.get(`${side} ${connections}`) ?? [] };
}

/** `rounds` and `seconds` from the command line, in this order; both are optional. */
export function readArguments(defaults: { rounds: number; seconds: number }) {
  const [rounds = defaults.rounds, seconds = defaults.seconds] = process.argv.slice(2).map(Number);
  if (!Number.isInteger(rounds) || rounds < 1 || !(seconds >= 1))
    throw new Error('arguments: [rounds, a whole number from 1] [seconds of each measurement, from 1]');
  return { rounds, seconds };
}
