import { findInk, type GreyImage } from './find-ink.ts';

/** Side of the square that the model sees, and of the box that the digit fills in it: MNIST's own measures. */
export const frameSide = 28;
const digitSide = 20;

/**
 * What is left of an image when all that does not matter is taken away: place, size, polarity, contrast, background.
 * Training augments through this same function, so the model only ever sees what it gives.
 *
 * @returns 28 x 28 values from 0 (ground) to 1 (ink), row-major, the digit's centre of mass in the middle as in MNIST;
 *   null when the image holds no strokes
 */
export function normaliseDigit(image: GreyImage): Float32Array<ArrayBuffer> | null {
  const ink = findInk(image);
  if (ink === null) return null;
  const { box, values, width, height } = ink;
  const scale = digitSide / Math.max(box.right - box.left, box.bottom - box.top);
  const centre = centreOfMass(values, width);
  // a lopsided digit is moved less than to its centre of mass, so that none of it leaves the frame
  const columns = weightsAlong(width, scale, keepInside(centre.x, box.left, box.right, scale));
  const rows = weightsAlong(height, scale, keepInside(centre.y, box.top, box.bottom, scale));
  return stretch(resample(values, width, columns, rows));
}

function centreOfMass(values: Float32Array, width: number): { x: number; y: number } {
  let mass = 0;
  let x = 0;
  let y = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    if (value === 0) continue;
    mass += value;
    x += value * ((index % width) + 0.5);
    y += value * (Math.floor(index / width) + 0.5);
  }
  return { x: x / mass, y: y / mass };
}

/** The point nearest to `centre` that can be put in the frame's middle with `low` to `high` still inside. */
function keepInside(centre: number, low: number, high: number, scale: number): number {
  const reach = frameSide / 2 / scale;
  return Math.min(low + reach, Math.max(high - reach, centre));
}

const nothing = { start: 0, weights: [] };

/** For each line of the frame, the source lines it is made of and their weights. */
type Weights = readonly { readonly start: number; readonly weights: readonly number[] }[];

/**
 * A triangle filter as wide as the shrinking asks, so that thin strokes are averaged and not skipped; when enlarging it
 * is plain linear interpolation.
 *
 * @param centre - source coordinate that comes to lie in the frame's middle
 */
function weightsAlong(length: number, scale: number, centre: number): Weights {
  const reach = Math.max(1, 1 / scale);
  return Array.from({ length: frameSide }, (_, line) => {
    const middle = (line + 0.5 - frameSide / 2) / scale + centre;
    const first = Math.ceil(middle - reach - 0.5);
    const last = Math.floor(middle + reach - 0.5);
    const weightAt = (source: number) => Math.max(0, 1 - Math.abs(source + 0.5 - middle) / reach);
    let total = 0;
    for (let source = first; source <= last; source++) total += weightAt(source);
    const start = Math.max(0, first);
    const weights: number[] = [];
    // what lies outside the image is ground: it counts in the total and adds nothing
    for (let source = start; source <= Math.min(last, length - 1); source++)
      weights.push(weightAt(source) / total);
    return { start, weights };
  });
}

function resample(
  values: Float32Array,
  width: number,
  columns: Weights,
  rows: Weights,
): Float32Array<ArrayBuffer> {
  const height = values.length / width;
  const narrow = new Float32Array(height * frameSide);
  for (let y = 0; y < height; y++) {
    for (let column = 0; column < frameSide; column++) {
      const { start, weights } = columns[column] ?? nothing;
      let sum = 0;
      for (let i = 0; i < weights.length; i++)
        sum += (weights[i] ?? 0) * (values[y * width + start + i] ?? 0);
      narrow[y * frameSide + column] = sum;
    }
  }
  const frame = new Float32Array(frameSide * frameSide);
  for (const [row, { start, weights }] of rows.entries()) {
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i] ?? 0;
      for (let x = 0; x < frameSide; x++) {
        const at = row * frameSide + x;
        frame[at] = (frame[at] ?? 0) + weight * (narrow[(start + i) * frameSide + x] ?? 0);
      }
    }
  }
  return frame;
}

/** Thin strokes pale when they are shrunk; the darkest point is 1 again afterwards. */
function stretch(frame: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const peak = frame.reduce((most, value) => Math.max(most, value), 0);
  return frame.map((value) => value / peak);
}
