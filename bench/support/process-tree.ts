import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

/** The memory of a process and of all it started, in MiB. */
export interface Memory {
  /** Resident set: what `ps` and `top` show, summed; what processes share is counted in each. */
  readonly residentMb: number;
  /** Shared pages count once over all processes. */
  readonly proportionalMb: number;
  readonly processes: number;
}

/** @throws Error where there is no /proc: this measurement is for Linux */
export async function readMemory(pid: number): Promise<Memory> {
  const pids = await treeOf(pid);
  const rollups = await Promise.all(pids.map((id) => readFile(`/proc/${id}/smaps_rollup`, 'utf8')));
  const sum = (field: string) =>
    rollups.reduce(
      (total, text) => total + Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0),
      0,
    );
  return { residentMb: sum('Rss') / 1024, proportionalMb: sum('Pss') / 1024, processes: pids.length };
}

/** Clock ticks of Linux' accounting in a second: the same on all its platforms. */
const ticksPerSecond = 100;

/**
 * Processor time of a process and of all it started, in milliseconds. It says what work costs even on a machine that
 * is busy with something else as well; NaN where there is no /proc.
 */
export async function readCpuMs(pid: number): Promise<number> {
  if (!existsSync('/proc/self/stat')) return Number.NaN;
  const ticks = await Promise.all(
    (await treeOf(pid)).map(async (id) => {
      const [user = 0, system = 0] = (await statOf(id)).slice(11, 13).map(Number);
      return user + system;
    }),
  );
  return (1000 * ticks.reduce((sum, value) => sum + value, 0)) / ticksPerSecond;
}

/** The fields of /proc/<pid>/stat from the state on; none when the process has ended. */
async function statOf(pid: number | string): Promise<string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // the name, in parentheses, may hold anything, so counting starts after it
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** A process and its descendants. */
async function treeOf(root: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const parent = (await statOf(name))[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const tree = [root];
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  return tree;
}
