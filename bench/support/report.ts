import type { Results } from './compare.ts';
import { median, spread, table } from './table.ts';

/** Something asked for. */
export interface Goal {
  readonly text: string;
  /** One for each round: sides of one round were measured close to each other. */
  readonly ratios: readonly number[];
  /** `at least` or `at most` this; left out where nothing is asked. */
  readonly bound?: readonly ['>=' | '<=', number];
}

/** One table for each number of connections, ratios to the side `base`. */
export function report(results: Results, base: string): void {
  for (const connections of results.plan.connections) {
    const lines = results.plan.sides.map(({ name }) => line(results, name, base, connections));
    console.log(`\n${connections} ${connections === 1 ? 'connection' : 'connections'}\n`);
    console.log(
      table(['', 'predictions/s', `x ${base}`, 'spread', 'p50 ms', 'p99 ms', 'CPU us', 'failures'], lines),
    );
  }
}

function line(results: Results, name: string, base: string, connections: number): string[] {
  const all = results.rounds.map((round) => round(name, connections));
  const rates = all.map(({ perSecond }) => perSecond);
  const rate = median(rates);
  const baseRate = median(results.rounds.map((round) => round(base, connections).perSecond));
  return [
    name,
    rate.toFixed(rate < 100 ? 1 : 0),
    (rate / baseRate).toFixed(2),
    spread(rates),
    milliseconds(median(all.map(({ p50Ms }) => p50Ms))),
    milliseconds(median(all.map(({ p99Ms }) => p99Ms))),
    microseconds(median(all.map(({ cpuUs }) => cpuUs))),
    String(all.reduce((sum, { failures }) => sum + failures, 0)),
  ];
}

/** Says of each goal whether it is reached: by the median over the rounds, with the lowest and the highest beside it. */
export function reportGoals(goals: readonly Goal[]): void {
  const lines = goals.map(({ text, ratios, bound }) => {
    const ratio = median(ratios);
    const range = `${Math.min(...ratios).toFixed(2)} – ${Math.max(...ratios).toFixed(2)}`;
    return [text, ratio.toFixed(2), range, ...verdict(ratio, bound)];
  });
  console.log(`\n${table(['goal', 'measured', 'rounds', 'asked', 'reached'], lines)}`);
}

function verdict(ratio: number, bound: Goal['bound']): [asked: string, reached: string] {
  if (!bound) return ['–', '–'];
  const [sign, value] = bound;
  if (sign === '>=') return [`at least ${value}`, ratio >= value ? 'yes' : 'no'];
  return [`at most ${value}`, ratio <= value ? 'yes' : 'no'];
}

/** A duration in milliseconds with three digits or so; a dash where there is none. */
export function milliseconds(value: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(value < 10 ? 2 : 0);
}

function microseconds(value: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(value < 10 ? 2 : 0);
}
