import type { HandwrittenDigit } from '../../training/data/handwritten-digits.ts';
import type { Random } from '../../training/random.ts';
import type { GreyImage } from '../find-ink.ts';
import { normaliseDigit } from '../normalise-digit.ts';
import { type Point, skeletonOf } from './skeleton.ts';

const side = 28;
/** Canvas on which augmented digits are drawn before they are normalised, as all images are. */
const canvasSide = 64;

/** A digit with the middle lines of its strokes, so that it can be written anew with another pen. */
export interface WrittenDigit extends HandwrittenDigit {
  readonly skeleton: readonly Point[];
}

/** Adds the middle lines, in the digit's own 28 x 28 coordinates. */
export function withSkeleton({ digit, pixels }: HandwrittenDigit): WrittenDigit {
  const zoom = 2;
  const mask = Uint8Array.from({ length: (side * zoom) ** 2 }, (_, at) => {
    const x = ((at % (side * zoom)) + 0.5) / zoom;
    const y = (Math.floor(at / (side * zoom)) + 0.5) / zoom;
    return Number(sample(pixels, x, y) > 0.45);
  });
  const skeleton = skeletonOf(mask, side * zoom).map(({ x, y }) => ({ x: x / zoom, y: y / zoom }));
  return { digit, pixels, skeleton };
}

/** The digit as another hand, pen and camera would have given it, normalised as the pipeline does. */
export function augment(written: WrittenDigit, random: Random): Float32Array {
  const drawn = random.next() < 0.5 ? rewrite(written, random) : reshape(written, random);
  const image = photograph(drawn, random);
  return normaliseDigit(image) ?? plain(written);
}

/** The digit as it is, through the pipeline's normalisation. */
export function plain({ pixels }: HandwrittenDigit): Float32Array {
  return normaliseDigit({ pixels: pixels.map((value) => value * 255), width: side, height: side }) ?? pixels;
}

/** Where a point of the digit comes to lie: turned, slanted, stretched and bent. Smooth, close to the identity. */
type Warp = (x: number, y: number) => Point;

/**
 * @param turnMax - in radians
 * @returns maps centred coordinates (-14 to 14) to centred coordinates
 */
function randomWarp(random: Random, turnMax = 0.28): Warp {
  const turn = random.between(-turnMax, turnMax);
  const slant = random.between(-0.25, 0.25);
  const [wide, tall] = [random.between(0.8, 1.25), random.between(0.85, 1.15)];
  const waves = Array.from({ length: 3 }, () => ({
    kx: random.between(-0.35, 0.35),
    ky: random.between(-0.35, 0.35),
    phase: random.between(0, 2 * Math.PI),
    dx: random.between(-0.6, 0.6),
    dy: random.between(-0.6, 0.6),
  }));
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  return (x, y) => {
    let [bentX, bentY] = [x, y];
    for (const { kx, ky, phase, dx, dy } of waves) {
      const wave = Math.sin(kx * x + ky * y + phase);
      bentX += dx * wave;
      bentY += dy * wave;
    }
    const slanted = bentX * wide + bentY * slant;
    return { x: slanted * cos - bentY * tall * sin, y: slanted * sin + bentY * tall * cos };
  };
}

/** Draws the middle lines with a round pen of any width, as on a canvas. */
function rewrite({ digit, skeleton }: WrittenDigit, random: Random): Float32Array {
  const points = digit === 1 && random.next() < 0.5 ? withFlag(skeleton, random) : skeleton;
  const warp = randomWarp(random);
  const zoom = random.between(1.7, 2.2);
  const radius = 0.7 * 7 ** random.next();
  const canvas = new Float32Array(canvasSide ** 2);
  for (const point of points) {
    const { x, y } = warp(point.x - side / 2, point.y - side / 2);
    stamp(canvas, x * zoom + canvasSide / 2, y * zoom + canvasSide / 2, radius);
  }
  return canvas;
}

/** MNIST's ones are plain strokes; much of the world gives a one a flag, and some give it a foot. */
function withFlag(skeleton: readonly Point[], random: Random): Point[] {
  const [first = { x: side / 2, y: 4 }] = skeleton;
  const top = skeleton.reduce((best, point) => (point.y < best.y ? point : best), first);
  const foot = skeleton.reduce((best, point) => (point.y > best.y ? point : best), first);
  const height = foot.y - top.y;
  const tip = { x: top.x - height * random.between(0.15, 0.4), y: top.y + height * random.between(0.1, 0.4) };
  const reach = random.next() < 0.35 ? height * random.between(0.12, 0.28) : 0;
  const base = reach > 0 ? line({ x: foot.x - reach, y: foot.y }, { x: foot.x + reach, y: foot.y }) : [];
  return [...skeleton, ...line(top, tip), ...base];
}

/** Points half a pixel apart. */
function line(from: Point, to: Point): Point[] {
  const count = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) * 2));
  return Array.from({ length: count + 1 }, (_, i) => ({
    x: from.x + ((to.x - from.x) * i) / count,
    y: from.y + ((to.y - from.y) * i) / count,
  }));
}

function stamp(canvas: Float32Array, x: number, y: number, radius: number): void {
  const reach = Math.ceil(radius + 1);
  const [left, right] = [Math.max(0, Math.floor(x) - reach), Math.min(canvasSide - 1, Math.floor(x) + reach)];
  const [top, bottom] = [Math.max(0, Math.floor(y) - reach), Math.min(canvasSide - 1, Math.floor(y) + reach)];
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const distance = Math.hypot(column + 0.5 - x, row + 0.5 - y);
      const ink = Math.min(1, Math.max(0, radius + 0.5 - distance));
      const at = row * canvasSide + column;
      if (ink > (canvas[at] ?? 0)) canvas[at] = ink;
    }
  }
}

/** Warps the digit's own pixels; a moved threshold makes its strokes thinner or thicker. */
function reshape({ pixels }: WrittenDigit, random: Random): Float32Array {
  const warp = randomWarp(random);
  const zoom = random.between(1.0, 2.2);
  const threshold = random.between(0.2, 0.7);
  const softness = random.between(0.15, 0.5);
  const isPlain = random.next() < 0.3;
  return Float32Array.from({ length: canvasSide ** 2 }, (_, at) => {
    const { x, y } = warp(
      ((at % canvasSide) + 0.5 - canvasSide / 2) / zoom,
      (Math.floor(at / canvasSide) + 0.5 - canvasSide / 2) / zoom,
    );
    const value = sample(pixels, x + side / 2, y + side / 2);
    return isPlain
      ? value
      : Math.min(1, Math.max(0, (value - threshold) / softness + 0.5)) * Number(value > 0.02);
  });
}

/** Ink to brightness: the strokes' strength varies, and light noise lies over all. */
function photograph(ink: Float32Array, random: Random): GreyImage {
  const strength = random.between(90, 255);
  const noise = random.next() < 0.5 ? random.between(0, 0.06) * strength : 0;
  const pixels = ink.map((value) => value * strength + (noise > 0 ? noise * random.normal() : 0) + 30);
  return { pixels, width: canvasSide, height: canvasSide };
}

/** Linear interpolation between the four nearest pixels; outside is ground. */
function sample(pixels: Float32Array, x: number, y: number): number {
  const [left, top] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
  const [fx, fy] = [x - 0.5 - left, y - 0.5 - top];
  const at = (column: number, row: number) =>
    column < 0 || row < 0 || column >= side || row >= side ? 0 : (pixels[row * side + column] ?? 0);
  return (
    (1 - fy) * ((1 - fx) * at(left, top) + fx * at(left + 1, top)) +
    fy * ((1 - fx) * at(left, top + 1) + fx * at(left + 1, top + 1))
  );
}
