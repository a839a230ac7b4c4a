interface Options {
  /** Asks the process to answer. */
  readonly ask: () => void;
  /** Told once, when it has not answered for too long. */
  readonly onStuck: () => void;
}

export const pulseEveryMs = 5_000;
/**
 * A minute. They are counted, not timed: a machine that slept has not asked meanwhile, and one that is so busy that an answer
 * takes a minute serves nobody.
 */
export const unansweredMax = 12;

/**
 * Watches over a process whose event loop may stand still for good, as in a loop without an end: it does not exit, keeps its
 * callers waiting, and nobody else would notice.
 */
export function watchPulse({ ask, onStuck }: Options) {
  let unanswered = 0;
  const timer = setInterval(() => {
    if (unanswered >= unansweredMax) {
      clearInterval(timer);
      onStuck();
      return;
    }
    unanswered++;
    ask();
  }, pulseEveryMs).unref();
  return {
    onAnswer(): void {
      unanswered = 0;
    },
    stop: () => clearInterval(timer),
  };
}
