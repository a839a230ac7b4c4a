import sharp from 'sharp';

type Stroke = readonly (readonly [x: number, y: number])[];

/**
 * Ways people write each digit, as points that a pen passes on a 100 x 100 square. Made by hand for the tests, not taken
 * from any data, so that they tell whether the model reads more than its own data set.
 */
const styles: readonly (readonly (readonly Stroke[])[])[] = [
  [
    [[[55, 8], [30, 20], [22, 50], [30, 82], [52, 92], [72, 80], [78, 50], [70, 20], [52, 8]]],
    [[[50, 10], [70, 16], [80, 40], [76, 72], [52, 90], [28, 76], [22, 44], [32, 16], [50, 10]]],
    [[[62, 14], [40, 10], [24, 40], [26, 76], [48, 92], [70, 78], [76, 44], [66, 18], [50, 10]]],
  ],
  [
    [[[50, 8], [50, 92]]],
    [[[34, 28], [52, 8], [52, 92]]],
    [[[58, 8], [44, 92]]],
    [[[36, 26], [52, 8], [52, 50], [52, 92]], [[32, 92], [72, 92]]],
  ],
  [
    [[[26, 28], [36, 12], [58, 8], [74, 24], [66, 46], [44, 68], [24, 90]], [[24, 90], [50, 90], [78, 90]]],
    [[[28, 24], [50, 8], [70, 20], [70, 40], [48, 66], [26, 88], [40, 84], [56, 90], [78, 86]]],
    [[[24, 20], [54, 10], [72, 28], [56, 58], [30, 84], [24, 76], [36, 72], [54, 86], [76, 88]]],
  ],
  [
    [[[26, 16], [50, 8], [70, 22], [62, 42], [44, 48]], [[44, 48], [68, 56], [74, 76], [52, 92], [26, 84]]],
    [[[28, 12], [52, 8], [72, 24], [56, 44], [46, 47], [58, 49], [76, 66], [62, 88], [40, 92], [24, 82]]],
    [[[26, 10], [48, 10], [72, 10]], [[72, 10], [46, 42]], [[46, 42], [68, 48], [76, 70], [56, 92], [26, 86]]],
  ],
  [
    [[[34, 10], [28, 36], [24, 56]], [[24, 56], [50, 56], [78, 54]], [[66, 14], [64, 50], [62, 92]]],
    [[[60, 8], [40, 36], [20, 64]], [[20, 64], [50, 64], [82, 64]], [[60, 8], [60, 50], [60, 92]]],
    [[[28, 12], [26, 44]], [[26, 44], [46, 52], [72, 46]], [[72, 10], [70, 50], [64, 94]]],
  ],
  [
    [[[72, 10], [50, 10], [32, 10]], [[32, 10], [28, 44]], [[28, 44], [54, 38], [74, 58], [66, 84], [42, 92], [24, 82]]],
    [[[34, 10], [30, 42]], [[30, 42], [56, 42], [74, 62], [60, 88], [26, 88]], [[34, 10], [56, 11], [74, 8]]],
    [[[70, 8], [36, 12]], [[36, 12], [32, 40]], [[32, 40], [52, 44], [68, 60], [58, 84], [28, 92]]],
  ],
  [
    [[[64, 8], [42, 28], [28, 60], [34, 86], [54, 92], [72, 78], [66, 58], [46, 54], [30, 68]]],
    [[[56, 6], [36, 34], [26, 66], [40, 90], [64, 88], [72, 68], [54, 56], [32, 64], [28, 72]]],
    [[[48, 6], [32, 40], [28, 74], [46, 92], [66, 82], [62, 62], [42, 60], [30, 76]]],
  ],
  [
    [[[24, 12], [50, 12], [76, 10]], [[76, 10], [56, 46], [44, 92]]],
    [[[26, 14], [48, 12], [74, 12]], [[74, 12], [58, 48], [48, 90]], [[40, 50], [70, 50]]],
    [[[22, 26], [24, 12]], [[24, 12], [50, 14], [74, 10]], [[74, 10], [58, 40], [52, 92]]],
  ],
  [
    [[[66, 18], [46, 8], [32, 24], [50, 44], [70, 66], [56, 90], [34, 84], [32, 64], [52, 46], [68, 28], [62, 14]]],
    [[[50, 48], [32, 30], [48, 8], [66, 26], [50, 48]], [[50, 48], [28, 70], [50, 92], [72, 70], [50, 48]]],
    [[[62, 12], [40, 14], [38, 34], [62, 58], [64, 82], [44, 92], [32, 76], [48, 52], [68, 26], [60, 11]]],
  ],
  [
    [[[70, 24], [50, 8], [32, 26], [42, 46], [64, 44], [72, 22]], [[72, 22], [68, 60], [60, 92]]],
    [[[68, 30], [56, 10], [34, 16], [30, 40], [52, 48], [68, 30]], [[69, 14], [68, 50], [66, 92]]],
    [[[70, 20], [48, 8], [30, 28], [48, 48], [70, 30], [72, 16], [70, 60], [56, 88], [32, 88]]],
  ],
];

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
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${canvasSide}" height="${canvasSide}">${canvas}${strokes(drawing)}</svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer() as Promise<Buffer<ArrayBuffer>>;
}

function strokes({ digit, style = 0, random, canvasSide = 280, penWidth = 18, digitSide = 0.7 * canvasSide, at, ink = 'black' }: Drawing) {
  const corner = at ?? { x: (canvasSide - digitSide) / 2, y: (canvasSide - digitSide) / 2 };
  const ways = styles[digit] ?? [];
  const shaky = unsteady(random);
  const paths = (ways[style % ways.length] ?? []).map((stroke) => {
    const points = stroke.map(([x, y]) => shaky(x, y)).map(([x, y]) => [corner.x + (x / 100) * digitSide, corner.y + (y / 100) * digitSide] as const);
    return `<path d="${smoothPath(points)}"/>`;
  });
  return `<g fill="none" stroke="${ink}" stroke-width="${penWidth}" stroke-linecap="round" stroke-linejoin="round">${paths.join('')}</g>`;
}

/** A hand that slants, stretches and trembles a little. */
function unsteady(random?: () => number): (x: number, y: number) => readonly [number, number] {
  if (!random) return (x, y) => [x, y];
  const between = (low: number, high: number) => low + random() * (high - low);
  const [turn, slant, wide, tall] = [between(-0.15, 0.15), between(-0.2, 0.2), between(0.75, 1.15), between(0.9, 1.05)];
  return (x, y) => {
    const [dx, dy] = [(x - 50) * wide - (y - 50) * slant, (y - 50) * tall];
    const turnedX = dx * Math.cos(turn) - dy * Math.sin(turn);
    const turnedY = dx * Math.sin(turn) + dy * Math.cos(turn);
    return [50 + turnedX + between(-2.5, 2.5), 50 + turnedY + between(-2.5, 2.5)];
  };
}

/** A curve through all points (Catmull-Rom, as cubic Béziers). */
function smoothPath(points: readonly (readonly [number, number])[]): string {
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
