const outside = 0;
const inside = 1;
const closed = 2;

/**
 * Keeps a thread from being ended inside ONNX Runtime, which would abort the whole process: the thread goes in with
 * `enter` and out with `leave`; the main thread may end it only after `tryClose` said yes, and from then on the
 * thread can never go in again. One compare-and-exchange on shared memory decides each race.
 */
export class SessionGate {
  readonly buffer: SharedArrayBuffer;
  readonly #state: Int32Array<SharedArrayBuffer>;

  constructor(buffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#state = new Int32Array(buffer);
  }

  /** On the worker thread. Does not return once the gate is closed: the thread waits there for its end. */
  enter(): void {
    if (Atomics.compareExchange(this.#state, 0, outside, inside) === closed)
      Atomics.wait(this.#state, 0, closed);
  }

  /** On the worker thread, after `enter`. */
  leave(): void {
    Atomics.store(this.#state, 0, outside);
  }

  /** On the main thread: false while the worker thread is inside. */
  tryClose(): boolean {
    return Atomics.compareExchange(this.#state, 0, outside, closed) !== inside;
  }
}
