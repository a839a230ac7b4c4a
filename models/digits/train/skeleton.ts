/** A point of a stroke's middle line. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Thins strokes to their middle lines, one pixel wide and as connected as before.
 *
 * @param mask - 1 where there is ink, row-major, `side` x `side`; left unchanged
 * @returns the middle lines' pixels, and a point between each two neighbours so that a pen can follow without gaps
 * @see Zhang and Suen, "A fast parallel algorithm for thinning digital patterns", 1984
 */
export function skeletonOf(mask: Uint8Array, side: number): Point[] {
  const left = Uint8Array.from(mask);
  let hasChanged = true;
  while (hasChanged) {
    const first = removable(left, side, 0);
    for (const pixel of first) left[pixel] = 0;
    const second = removable(left, side, 1);
    for (const pixel of second) left[pixel] = 0;
    hasChanged = first.length + second.length > 0;
  }
  return linked(left, side);
}

/** The pixels that one of the two half-steps peels off. */
function removable(mask: Uint8Array, side: number, half: 0 | 1): number[] {
  const pixels: number[] = [];
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) {
      const at = y * side + x;
      if (!mask[at]) continue;
      // clockwise from north
      const ring = [
        at - side,
        at - side + 1,
        at + 1,
        at + side + 1,
        at + side,
        at + side - 1,
        at - 1,
        at - side - 1,
      ];
      const [n = 0, ne = 0, e = 0, se = 0, s = 0, sw = 0, w = 0, nw = 0] = ring.map(
        (near) => mask[near] ?? 0,
      );
      const around = [n, ne, e, se, s, sw, w, nw];
      const count = n + ne + e + se + s + sw + w + nw;
      const rises = around.filter((value, i) => value === 0 && around[(i + 1) % 8] === 1).length;
      const isOnEdge = half === 0 ? n * e * s === 0 && e * s * w === 0 : n * e * w === 0 && n * s * w === 0;
      if (count >= 2 && count <= 6 && rises === 1 && isOnEdge) pixels.push(at);
    }
  }
  return pixels;
}

function linked(mask: Uint8Array, side: number): Point[] {
  const points: Point[] = [];
  for (let at = 0; at < mask.length; at++) {
    if (!mask[at]) continue;
    const x = at % side;
    const y = Math.floor(at / side);
    points.push({ x: x + 0.5, y: y + 0.5 });
    for (const [dx, dy] of [
      [1, 0],
      [0, 1],
      [1, 1],
      [-1, 1],
    ] as const) {
      if (mask[(y + dy) * side + x + dx]) points.push({ x: x + 0.5 + dx / 2, y: y + 0.5 + dy / 2 });
    }
  }
  return points;
}
