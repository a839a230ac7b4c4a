import { setFlagsFromString } from 'node:v8';

/** By how much a heap may grow, in percent of what is alive, before all of it is marked again. */
const growthPercent = 200;
/** How many times what is alive the bytes outside of a heap may become, until the same. */
const outsideFactorMax = 2;

/**
 * Lets the heaps of this process grow further between two full collections. V8 judges by how fast objects are made and
 * allows little more than what is alive. The bytes of uploads lie outside the heap: by default each 64 MiB of them, a
 * hundred images and their copies, cost a full collection, though nearly all of them die young and are given back without
 * one. To be called once all is loaded: what that leaves behind is to be collected soon.
 */
export function growHeapsFurther(): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  setFlagsFromString(`--external-memory-max-growing-factor=${outsideFactorMax}`);
}
