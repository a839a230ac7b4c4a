import type { StreamWatch } from '../predictions/predict-stream.ts';

/**
 * Notices a stream on which nothing goes on: the caller neither sends nor takes anything. What the engine computes is not
 * the caller's fault, and counts for as long as it takes.
 */
export function createIdleWatch(idleMs: number, onIdle: () => void): StreamWatch & { close(): void } {
  let computing = 0;
  const timer = setTimeout(() => {
    if (computing === 0) onIdle();
    timer.refresh();
  }, idleMs).unref();
  const touch = () => void timer.refresh();
  return {
    touch,
    begin() {
      computing += 1;
    },
    end() {
      computing -= 1;
      touch();
    },
    close: () => clearTimeout(timer),
  };
}
