import { type Dispatch, type KeyboardEvent, useState } from 'react';
import { type DrawingAction, drawingSize, movePoint, type Point } from './drawing.ts';

const step = 10;
const moves: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-step, 0],
  ArrowRight: [step, 0],
  ArrowUp: [0, -step],
  ArrowDown: [0, step],
};

/** Draws by keys: arrows move the pen, the space bar puts it down and lifts it. */
export function useKeyboardPen(isPenDown: boolean, dispatch: Dispatch<DrawingAction>) {
  const [pen, setPen] = useState<Point>({ x: drawingSize / 2, y: drawingSize / 4 });
  const [isShown, setShown] = useState(false);

  function onKeyDown(event: KeyboardEvent) {
    const move = moves[event.key];
    if (move) {
      const point = movePoint(pen, ...move);
      setPen(point);
      dispatch({ type: 'pen-moved', points: [point] });
    } else if (event.key === ' ') {
      dispatch(isPenDown ? { type: 'pen-up' } : { type: 'pen-down', point: pen });
    } else if (event.key === 'Backspace' || (event.key === 'z' && (event.ctrlKey || event.metaKey))) {
      dispatch({ type: 'undo' });
    } else if (event.key === 'Delete') {
      dispatch({ type: 'clear' });
    } else return;
    setShown(true);
    event.preventDefault();
  }

  return { pen: isShown ? pen : null, hide: () => setShown(false), onKeyDown };
}
