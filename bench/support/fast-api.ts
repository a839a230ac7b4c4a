import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Results, Side } from './compare.ts';
import type { Goal } from './report.ts';
import { fastApi, fastApiName } from './sides.ts';

/** FastAPI as a side, or none, with a line that says what is missing. */
export async function fastApiIfThere(
  model: string,
  names: readonly string[] = [fastApiName],
): Promise<Side[]> {
  const modules = 'fastapi, uvicorn, pydantic, numpy, onnxruntime, PIL';
  try {
    await promisify(execFile)('python3', ['-c', `import ${modules}`]);
    return await Promise.all(names.map((name) => fastApi(model, name)));
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
    console.log(`FastAPI is left out (${reason}); to compare with it, python3 needs: ${modules}.`);
    return [];
  }
}

interface Comparison {
  readonly text: string;
  /** The side that is to be so many times as fast. */
  readonly ours: string;
  readonly connections: number;
  /** Left out: it is told, and not asked for. */
  readonly times?: number;
  readonly name?: string;
}

/** What was asked for beside FastAPI; nothing where it is not there. */
export function fastApiGoals({ plan, rounds }: Results, asked: Comparison): Goal[] {
  const { text, ours, connections, times, name = fastApiName } = asked;
  if (!plan.sides.some((side) => side.name === name)) return [];
  return [
    {
      text: `${text}, c=${connections}, of FastAPI`,
      ratios: rounds.map((of) => of(ours, connections).perSecond / of(name, connections).perSecond),
      ...(times !== undefined && { bound: ['>=', times] as const }),
    },
    {
      text: `${text}, the same by processor time`,
      ratios: rounds.map((of) => of(name, connections).cpuUs / of(ours, connections).cpuUs),
    },
  ];
}
