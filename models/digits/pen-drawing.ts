import sharp from 'sharp';
import { type Point, strokesOf } from './pen-strokes.ts';

/** How a digit is drawn; what is left out is plain: black on white, in the middle, one pen. */
export interface Drawing {
  readonly digit: number;
  /** Which of the ways to write the digit; any whole number. */
  readonly style?: number;
  /** Uniform in [0, 1); without it the points lie where the style has them. */
  readonly random?: () => number;
  readonly canvasSide?: number;
  readonly penWidth?: number;
  /** Side of the square the digit is written in. */
  readonly digitSide?: number;
  /** Upper left corner of that square; in the middle if left out. */
  readonly at?: { readonly x: number; readonly y: number };
  readonly ink?: string;
  /** A colour, or 'none' for a transparent canvas. */
  readonly ground?: string;
}

/** Draws a digit with a round pen on a canvas, as a PNG. */
export function drawDigit(drawing: Drawing): Promise<Buffer<ArrayBuffer>> {
  const { ground = 'white', canvasSide = 280 } = drawing;
  const canvas = ground === 'none' ? '' : `<rect width="100%" height="100%" fill="${ground}"/>`;
  const size = `width="${canvasSide}" height="${canvasSide}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${canvas}${strokes(drawing)}</svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

function strokes({
  digit,
  style = 0,
  random,
  canvasSide = 280,
  penWidth = 18,
  digitSide = 0.7 * canvasSide,
  at,
  ink = 'black',
}: Drawing) {
  const corner = at ?? { x: (canvasSide - digitSide) / 2, y: (canvasSide - digitSide) / 2 };
  const shaky = unsteady(random);
  const paths = strokesOf(digit, style).map((stroke) => {
    const points = stroke
      .map(([x, y]) => shaky(x, y))
      .map(([x, y]): Point => [corner.x + (x / 100) * digitSide, corner.y + (y / 100) * digitSide]);
    return `<path d="${smoothPath(points)}"/>`;
  });
  const pen = `stroke="${ink}" stroke-width="${penWidth}" stroke-linecap="round" stroke-linejoin="round"`;
  return `<g fill="none" ${pen}>${paths.join('')}</g>`;
}

/** A hand that slants, stretches and trembles a little. */
function unsteady(random?: () => number): (x: number, y: number) => Point {
  if (!random) return (x, y) => [x, y];
  const between = (low: number, high: number) => low + random() * (high - low);
  const [turn, slant, wide, tall] = [
    between(-0.15, 0.15),
    between(-0.2, 0.2),
    between(0.75, 1.15),
    between(0.9, 1.05),
  ];
  return (x, y) => {
    const [dx, dy] = [(x - 50) * wide - (y - 50) * slant, (y - 50) * tall];
    const turnedX = dx * Math.cos(turn) - dy * Math.sin(turn);
    const turnedY = dx * Math.sin(turn) + dy * Math.cos(turn);
    return [50 + turnedX + between(-2.5, 2.5), 50 + turnedY + between(-2.5, 2.5)];
  };
}

/** A curve through all points (Catmull-Rom, as cubic Béziers). */
function smoothPath(points: readonly Point[]): string {
  const [first = [0, 0]] = points;
  const curves = points.slice(1).map((end, i) => {
    const start = points[i] ?? end;
    const before = points[i - 1] ?? start;
    const after = points[i + 2] ?? end;
    const near = [start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6];
    const far = [end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6];
    return `C${[...near, ...far, ...end].map((value) => value.toFixed(2)).join(' ')}`;
  });
  return `M${first.map((value) => value.toFixed(2)).join(' ')}${curves.join('')}`;
}
