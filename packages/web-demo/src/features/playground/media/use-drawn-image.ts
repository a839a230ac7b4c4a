import { type Dispatch, useEffect, useEffectEvent, useReducer, useRef } from 'react';
import { type Drawing, type DrawingAction, draw, emptyDrawing } from './drawing.ts';
import { drawingToPng } from './drawing-to-png.ts';

/** Long enough to send a few images a second, not one for each movement of the pen. */
const pauseMs = 180;

/**
 * A drawing that becomes an image as it is drawn.
 *
 * @param onImage - is given the image whenever the pen pauses or is lifted, and null once the pad is empty again
 */
export function useDrawnImage(onImage: (image: Blob | null) => void): [Drawing, Dispatch<DrawingAction>] {
  const [drawing, dispatch] = useReducer(draw, emptyDrawing);
  const { strokes } = drawing;
  const isUntouched = useRef(true);
  const report = useEffectEvent(onImage);

  useEffect(() => {
    if (isUntouched.current && strokes.length === 0) return;
    isUntouched.current = false;
    if (strokes.length === 0) return report(null);

    let isCurrent = true;
    const timer = setTimeout(() => {
      void drawingToPng(strokes).then((image) => {
        // the drawing may have gone on while the image was made
        if (isCurrent) report(image);
      });
    }, pauseMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [strokes]);

  return [drawing, dispatch];
}
