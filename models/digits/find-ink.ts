/** A decoded image, one brightness a pixel, 0 to 255, row-major. */
export interface GreyImage {
  readonly pixels: Uint8Array | Float32Array;
  readonly width: number;
  readonly height: number;
}

/** The strokes of an image: 0 is ground, 1 full ink; and the box that holds them, right and bottom exclusive. */
export interface Ink {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly box: {
    readonly left: number;
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
  };
}

/** Strokes must differ from their ground by a tenth of full contrast. */
const contrastMin = 25;
/** Paler than this share of the strongest ink is ground: shadows, noise and JPEG's halos. */
const floorShare = 0.15;
/** A speck with less than this share of the largest stroke's ink is dirt. */
const speckShare = 0.04;
/** Ink paler than this does not widen the box: it is the soft edge of a stroke. */
const edgeInk = 0.2;

/**
 * Finds the strokes, whichever of dark on light and light on dark they are.
 *
 * @returns null when the image is blank
 */
export function findInk({ pixels, width, height }: GreyImage): Ink | null {
  const border = borderOf(width, height);
  const outermost = placesIn(border);
  const values = contrastTo(pixels, quantile(pixels, outermost, 0.5));
  const peak = strongest(values);
  if (peak < contrastMin) return null;

  // the border tells how far the ground itself strays; not its maximum, as a digit may touch it
  const floor = Math.max(floorShare * peak, Math.min(0.5 * peak, quantile(values, outermost, 0.75)));
  for (let i = 0; i < values.length; i++)
    values[i] = Math.min(1, Math.max(0, ((values[i] ?? 0) - floor) / (peak - floor)));
  wipeSpecks(values, width, border);
  const box = boxOf(values, width);
  return box && { values, width, height, box };
}

/**
 * The outermost pixels, 1 in a mask of all; a few lines deep, so that a frame drawn around the picture is not taken for
 * its ground.
 */
function borderOf(width: number, height: number): Uint8Array {
  const margin = Math.max(1, Math.round(0.04 * Math.min(width, height)));
  const border = new Uint8Array(width * height).fill(1);
  for (let y = margin; y < height - margin; y++) {
    border.fill(0, y * width + margin, Math.max(y * width + margin, (y + 1) * width - margin));
  }
  return border;
}

function placesIn(mask: Uint8Array): Int32Array {
  const places = new Int32Array(mask.length);
  let count = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i]) places[count++] = i;
  return places.subarray(0, count);
}

/** The value, rounded down, that the given share of the values at some places does not exceed. */
function quantile(values: Uint8Array | Float32Array, places: Int32Array, share: number): number {
  const counts = new Uint32Array(256);
  for (const place of places) count(counts, values[place] ?? 0);
  const wanted = places.length * share;
  let seen = 0;
  return counts.findIndex((count) => {
    seen += count;
    return seen > wanted;
  });
}

/** @param counts - of each brightness from 0 to 255 */
function count(counts: Uint32Array, value: number): void {
  const level = Math.min(255, Math.max(0, Math.floor(value)));
  counts[level] = (counts[level] ?? 0) + 1;
}

/** Distance from the ground towards the side, dark or bright, that holds the strokes. Cubes make strokes outweigh noise. */
function contrastTo(pixels: GreyImage['pixels'], background: number): Float32Array {
  const values = new Float32Array(pixels.length);
  let balance = 0;
  for (let i = 0; i < values.length; i++) {
    const difference = (pixels[i] ?? 0) - background;
    values[i] = difference;
    balance += difference * difference * difference;
  }
  const sign = balance < 0 ? -1 : 1;
  for (let i = 0; i < values.length; i++) values[i] = Math.max(0, sign * (values[i] ?? 0));
  return values;
}

/** The ink of full strokes: not the maximum, which one stray pixel can give, but what at least some pixels reach. */
function strongest(values: Float32Array): number {
  const counts = new Uint32Array(256);
  for (const value of values) count(counts, value);
  const enough = Math.max(2, values.length * 0.0005);
  let seen = 0;
  for (let level = 255; level > 0; level--) {
    seen += counts[level] ?? 0;
    if (seen >= enough) return level;
  }
  return 0;
}

/** Sets to ground what is no stroke: dirt, and a frame that lies in the border alone. */
function wipeSpecks(values: Float32Array, width: number, border: Uint8Array): void {
  const patches = connectedInk(values, width, border);
  let largest = 0;
  for (const { ink, isInBorder } of patches) if (!isInBorder) largest = Math.max(largest, ink);
  for (const { pixels, ink, isInBorder } of patches) {
    if (ink < largest * speckShare || (isInBorder && largest > 0))
      for (const pixel of pixels) values[pixel] = 0;
  }
}

/** A connected patch of ink. */
interface Patch {
  readonly pixels: Int32Array;
  readonly ink: number;
  readonly isInBorder: boolean;
}

/** The patches of ink, pixels that touch by a corner connected. */
function connectedInk(values: Float32Array, width: number, border: Uint8Array): Patch[] {
  const seen = new Uint8Array(values.length);
  // a breadth-first flood: patch after patch, each pixel once, so one array holds all of them
  const queue = new Int32Array(values.length);
  const patches: Patch[] = [];
  let end = 0;
  const visit = (pixel: number) => {
    if (seen[pixel] || !values[pixel]) return;
    seen[pixel] = 1;
    queue[end++] = pixel;
  };
  for (let start = 0; start < values.length; start++) {
    // most of an image is ground
    if (!values[start]) continue;
    const begin = end;
    visit(start);
    let ink = 0;
    let isInBorder = true;
    for (let next = begin; next < end; next++) {
      const pixel = queue[next] ?? 0;
      ink += values[pixel] ?? 0;
      isInBorder &&= border[pixel] === 1;
      const x = pixel % width;
      for (let line = pixel - width; line <= pixel + width; line += width) {
        if (x > 0) visit(line - 1);
        visit(line);
        if (x < width - 1) visit(line + 1);
      }
    }
    if (end > begin) patches.push({ pixels: queue.subarray(begin, end), ink, isInBorder });
  }
  return patches;
}

function boxOf(values: Float32Array, width: number): Ink['box'] | null {
  let [left, top, right, bottom] = [width, Infinity, 0, 0];
  for (let i = 0; i < values.length; i++) {
    if ((values[i] ?? 0) < edgeInk) continue;
    const x = i % width;
    const y = Math.floor(i / width);
    if (x < left) left = x;
    if (x >= right) right = x + 1;
    if (y < top) top = y;
    bottom = y + 1;
  }
  return right === 0 ? null : { left, top, right, bottom };
}
