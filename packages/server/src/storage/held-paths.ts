import { utimes } from 'node:fs/promises';

/** Far shorter than the age at which a sweep takes something for abandoned. */
const renewMs = 30_000;

export type HeldPaths = ReturnType<typeof createHeldPaths>;

/**
 * What this process is working on, kept young: a sweep of any process tells by the age of a file or folder whether its
 * maker still lives, and a long job writes into its folder for hours without making that look younger.
 */
export function createHeldPaths() {
  const paths = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  return {
    /** @returns what ends it */
    hold(path: string): () => void {
      paths.add(path);
      timer ??= setInterval(renew, renewMs).unref();
      return () => release(path);
    },
    isHeld: (path: string) => paths.has(path),
  };

  function release(path: string): void {
    paths.delete(path);
    if (paths.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  function renew(): void {
    const now = new Date();
    // one that is not there yet, or no longer, has no age to renew
    for (const path of paths) utimes(path, now, now).catch(() => {});
  }
}
