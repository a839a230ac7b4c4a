/** Above this share of the limit a heap is too large at once; between it and the limit, when it stays there. */
const ceilingShare = 1.5;
/** V8 lets garbage pile up before it collects: what is gone within this time was garbage. */
const patienceMs = 1000;
/** More than two of the largest objects that V8 can make at all. */
const singleObjectsMb = 2048;

/**
 * The heap limit that V8 is given, far above ours. V8's own is no way to end a thread: when one step, such as
 * doubling a large array, goes more than 16 MiB past it, or when it is met inside native code, the whole process
 * aborts. So threads are ended by {@link HeapWatch}, and by themselves before a run, long before they meet it.
 */
export function hardHeapLimitMb(heapMb: number): number {
  return Math.ceil(heapMb * ceilingShare) + singleObjectsMb;
}

/** Decides from samples of a busy thread's heap whether it has outgrown its limit. */
export class HeapWatch {
  readonly #limitBytes: number;
  #aboveSince: number | undefined;

  constructor(heapMb: number) {
    this.#limitBytes = heapMb * 1024 * 1024;
  }

  isTooLarge(usedBytes: number, now: number): boolean {
    if (usedBytes <= this.#limitBytes) {
      this.#aboveSince = undefined;
      return false;
    }
    this.#aboveSince ??= now;
    return usedBytes > ceilingShare * this.#limitBytes || now - this.#aboveSince >= patienceMs;
  }
}
