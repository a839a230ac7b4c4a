/** A point on the drawing, in units of {@link drawingSize}. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** One line, from where the pen went down to where it was lifted. */
export type Stroke = readonly Point[];

export interface Drawing {
  readonly strokes: readonly Stroke[];
  /** Whether the last stroke is still being drawn. */
  readonly isPenDown: boolean;
}

/** Width and height of a drawing, and of the image made of it, in pixels. */
export const drawingSize = 280;
/** As thick as a felt pen on a card of that size: what digit models are trained to read. */
export const penWidth = 20;

export const emptyDrawing: Drawing = { strokes: [], isPenDown: false };

export type DrawingAction =
  | { readonly type: 'pen-down'; readonly point: Point }
  | { readonly type: 'pen-moved'; readonly points: readonly Point[] }
  | { readonly type: 'pen-up' }
  | { readonly type: 'undo' }
  | { readonly type: 'clear' };

/** The drawing after what the pen did. */
export function draw(drawing: Drawing, action: DrawingAction): Drawing {
  switch (action.type) {
    case 'pen-down':
      return { strokes: [...drawing.strokes, [action.point]], isPenDown: true };
    case 'pen-moved':
      return drawing.isPenDown
        ? { ...drawing, strokes: lengthenLast(drawing.strokes, action.points) }
        : drawing;
    case 'pen-up':
      return drawing.isPenDown ? { ...drawing, isPenDown: false } : drawing;
    case 'undo':
      return { strokes: drawing.strokes.slice(0, -1), isPenDown: false };
    case 'clear':
      return emptyDrawing;
  }
}

function lengthenLast(strokes: readonly Stroke[], points: readonly Point[]): readonly Stroke[] {
  return strokes.map((stroke, i) => (i === strokes.length - 1 ? [...stroke, ...points] : stroke));
}

/** A stroke as an SVG path, curved through the middles of its points so that a quick hand leaves no corners. */
export function toPath(stroke: Stroke): string {
  const [first, ...rest] = stroke;
  if (!first) return '';
  // a line of no length still gets the round ends of the pen: a dot
  if (rest.length === 0) return `M${round(first)}l0.01 0`;
  const curves = rest
    .slice(0, -1)
    .map((point, i) => `Q${round(point)} ${round(middle(point, rest[i + 1] ?? point))}`);
  return `M${round(first)}${curves.join('')}L${round(rest.at(-1) ?? first)}`;
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function round({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}

/** A point moved by keys, kept on the drawing. */
export function movePoint({ x, y }: Point, dx: number, dy: number): Point {
  const keep = (value: number) => Math.min(drawingSize, Math.max(0, value));
  return { x: keep(x + dx), y: keep(y + dy) };
}
