interface Load {
  readonly open: number;
  /** When each was given that was not taken yet, in milliseconds, the oldest first. */
  readonly givenAtMs: readonly number[];
}

/** Who has not taken a connection after this long is busy, or stuck: others come first. */
const lateMs = 250;

/**
 * The one with the fewest open connections of those that take them in time; among equals the one whose turn it is. Only
 * when all are late is one of them chosen.
 */
export function takeLeastLoaded<T extends Load>(loads: Set<T>, nowMs: number): T | undefined {
  let best: T | undefined;
  for (const load of loads) {
    if (!best || isBefore(load, best, nowMs)) best = load;
  }
  if (best) {
    // to the end of the line, so that equals take turns
    loads.delete(best);
    loads.add(best);
  }
  return best;
}

function isBefore(a: Load, b: Load, nowMs: number): boolean {
  const late = Number(isLate(a, nowMs)) - Number(isLate(b, nowMs));
  return late === 0 ? a.open < b.open : late < 0;
}

function isLate({ givenAtMs: [oldest] }: Load, nowMs: number): boolean {
  return oldest !== undefined && nowMs - oldest > lateMs;
}
