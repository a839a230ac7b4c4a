import type { Tensor } from '@oriel/schemas';

/** The five highest of the scores, best first. */
export function bestFive(scores: Tensor | undefined) {
  // start-up has checked that this output is there, and its dtype
  const { data } = scores as Extract<Tensor, { dtype: 'float32' }>;
  const top: { label: number; score: number }[] = [];
  for (let label = 0; label < data.length; label++) {
    const score = data[label] ?? 0;
    if (top.length === 5 && score <= (top[4]?.score ?? 0)) continue;
    const place = top.findIndex((other) => other.score < score);
    top.splice(place < 0 ? top.length : place, 0, { label, score });
    top.length = Math.min(5, top.length);
  }
  return { top };
}

/** The same memory as a plain `Uint8Array`: stacking makes more of what it is given, and a `Buffer` cannot be made so. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
