import { readMemory } from './process-tree.ts';

export interface MemoryWatch {
  /** The most that all processes together have held so far, shared pages once, in MiB. */
  readonly peakMb: () => number;
  /** What they held, sample by sample. */
  readonly samplesMb: readonly number[];
  stop(): void;
}

/** Watches the memory of a process and of all it started. */
export function watchMemory(pid: number, everyMs = 500): MemoryWatch {
  const samplesMb: number[] = [];
  const timer = setInterval(() => {
    // a process that ends between two looks is no failure
    void readMemory(pid).then(
      ({ proportionalMb }) => samplesMb.push(proportionalMb),
      () => {},
    );
  }, everyMs);
  return { samplesMb, peakMb: () => Math.max(...samplesMb), stop: () => clearInterval(timer) };
}
