import { getHeapStatistics } from 'node:v8';
import { heapFullExitCode } from './protocol.ts';

/** V8 collects long before: at this share most of the heap is in use for good. */
const fullShare = 0.85;

/**
 * Ends this thread when its heap is nearly full. Called before entering a session: V8 ends a thread wherever it runs
 * out of heap, and inside ONNX Runtime that would abort the process. Ended here, only this thread is replaced.
 * Costs 0.3 µs.
 */
export function endThreadIfHeapIsFull(): void {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  if (used > fullShare * limit) process.exit(heapFullExitCode);
}
