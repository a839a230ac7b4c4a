import type { Locator, Page } from 'playwright-core';

type Point = readonly [x: number, y: number];

/** A three as a hand draws it: one line, in parts of the pad's width and height. */
export const three: readonly Point[] = [
  [0.32, 0.25],
  [0.45, 0.18],
  [0.6, 0.22],
  [0.66, 0.33],
  [0.58, 0.44],
  [0.46, 0.48],
  [0.6, 0.52],
  [0.68, 0.64],
  [0.62, 0.78],
  [0.46, 0.84],
  [0.32, 0.78],
];

/** A seven: across, then down. */
export const seven: readonly Point[] = [
  [0.3, 0.22],
  [0.5, 0.21],
  [0.7, 0.22],
  [0.6, 0.45],
  [0.5, 0.65],
  [0.43, 0.85],
];

/** Draws one line on the pad with the mouse. */
export async function drawLine(page: Page, pad: Locator, points: readonly Point[]): Promise<void> {
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  const [first] = points;
  if (!box || !first) throw new Error('there is nothing to draw, or nothing to draw on');
  const moveTo = ([x, y]: Point) =>
    page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 4 });
  await moveTo(first);
  await page.mouse.down();
  for (const point of points) await moveTo(point);
  await page.mouse.up();
}
