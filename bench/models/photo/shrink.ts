interface Picture {
  /** Red, green and blue of each pixel, row-major. */
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * The middle of a picture as a square of `side` pixels: each is the mean of the pixels that lie where it does, so that
 * nothing of a picture that is several times as large is passed over.
 */
export function shrinkToSquare({ pixels, width, height }: Picture, side: number): Uint8Array<ArrayBuffer> {
  const scale = Math.min(width, height) / side;
  const block = Math.max(1, Math.round(scale));
  const columns = startsOf(width, side, scale, block);
  const rows = startsOf(height, side, scale, block);
  const rowBytes = 3 * width;
  const count = block * block;
  const square = new Uint8Array(3 * side * side);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let y = 0, line = rowBytes * row + 3 * column; y < block; y++, line += rowBytes) {
        for (let at = line; at < line + 3 * block; at += 3) {
          red += pixels[at] ?? 0;
          green += pixels[at + 1] ?? 0;
          blue += pixels[at + 2] ?? 0;
        }
      }
      square[to++] = Math.round(red / count);
      square[to++] = Math.round(green / count);
      square[to++] = Math.round(blue / count);
    }
  }
  return square;
}

/** Where the pixels begin that each pixel of a side is made of. */
function startsOf(length: number, side: number, scale: number, block: number): Int32Array {
  const margin = (length - side * scale) / 2;
  return Int32Array.from({ length: side }, (_, index) => {
    const start = Math.round(margin + (index + 0.5) * scale - block / 2);
    return Math.min(length - block, Math.max(0, start));
  });
}
