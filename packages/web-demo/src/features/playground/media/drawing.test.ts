import { describe, expect, test } from 'vitest';
import { type DrawingAction, draw, drawingSize, emptyDrawing, movePoint, toPath } from './drawing.ts';

const drawAll = (...actions: DrawingAction[]) => actions.reduce(draw, emptyDrawing);
const down = (x: number, y: number): DrawingAction => ({ type: 'pen-down', point: { x, y } });
const move = (x: number, y: number): DrawingAction => ({ type: 'pen-moved', points: [{ x, y }] });

describe('draw', () => {
  test('a pen that is down draws; one that is up does not', () => {
    const { strokes } = drawAll(move(1, 1), down(2, 2), move(3, 3), { type: 'pen-up' }, move(4, 4));
    expect(strokes).toEqual([
      [
        { x: 2, y: 2 },
        { x: 3, y: 3 },
      ],
    ]);
  });

  test('undo takes back the last line, also one that is still being drawn', () => {
    const drawing = drawAll(down(1, 1), { type: 'pen-up' }, down(5, 5), move(6, 6), { type: 'undo' });
    expect(drawing).toEqual({ strokes: [[{ x: 1, y: 1 }]], isPenDown: false });
  });

  test('clear leaves nothing', () => {
    expect(drawAll(down(1, 1), down(2, 2), { type: 'clear' })).toEqual(emptyDrawing);
  });
});

describe('toPath', () => {
  test('a touch is a dot', () => {
    expect(toPath([{ x: 5, y: 6 }])).toBe('M5 6l0.01 0');
  });

  test('a line starts and ends where the pen did', () => {
    const path = toPath([
      { x: 0, y: 0 },
      { x: 10, y: 0 },
      { x: 10, y: 10 },
    ]);
    expect(path).toBe('M0 0Q10 0 10 5L10 10');
  });
});

test('keys cannot move the pen off the drawing', () => {
  expect(movePoint({ x: 5, y: drawingSize }, -10, 10)).toEqual({ x: 0, y: drawingSize });
});
