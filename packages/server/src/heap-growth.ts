import { setFlagsFromString } from 'node:v8';

/** By how much a heap may grow, in percent of what is alive, before all of it is marked again. */
const growthPercent = 200;

/**
 * Lets the heaps of this process grow further between two full collections. V8 judges by how fast objects are made and
 * allows little more than what is alive; the bytes of uploads, which lie outside the heap, count towards that limit, so
 * that each dozen of images costs a full collection. To be called once all is loaded: what that leaves behind is to be
 * collected soon.
 */
export function growHeapsFurther(): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
}
