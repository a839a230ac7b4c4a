import { Eraser, Undo2 } from 'lucide-react';
import { type Dispatch, type PointerEvent, useId } from 'react';
import { Button } from '../../../components/button.tsx';
import { type Drawing, type DrawingAction, drawingSize, type Point, penWidth, toPath } from './drawing.ts';
import { useKeyboardPen } from './use-keyboard-pen.ts';

interface Props {
  readonly label: string;
  readonly drawing: Drawing;
  readonly dispatch: Dispatch<DrawingAction>;
}

/** A pad for mouse, touch, pen and keyboard. Vector lines, so that they are sharp and take the theme's colours. */
export function DrawingPad({ label, drawing, dispatch }: Props) {
  const helpId = useId();
  const keyboard = useKeyboardPen(drawing.isPenDown, dispatch);
  const isEmpty = drawing.strokes.length === 0;

  function onPointerDown(event: PointerEvent<SVGSVGElement>) {
    if (event.button !== 0 || !event.isPrimary) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    keyboard.hide();
    dispatch({ type: 'pen-down', point: toPoint(event, event.currentTarget) });
  }

  function onPointerMove(event: PointerEvent<SVGSVGElement>) {
    if (!event.isPrimary || !drawing.isPenDown || event.buttons === 0) return;
    const pad = event.currentTarget;
    // a fast pen reports more points than there are events
    const passed = event.nativeEvent.getCoalescedEvents?.() ?? [];
    const points = (passed.length > 0 ? passed : [event.nativeEvent]).map((each) => toPoint(each, pad));
    dispatch({ type: 'pen-moved', points });
  }

  return (
    <div className="grid items-start gap-x-5 gap-y-3 @md:grid-cols-[minmax(0,19rem)_1fr]">
      <svg
        viewBox={`0 0 ${drawingSize} ${drawingSize}`}
        role="application"
        aria-label={label}
        aria-describedby={helpId}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes keys, as its role says
        tabIndex={0}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={() => dispatch({ type: 'pen-up' })}
        onPointerCancel={() => dispatch({ type: 'pen-up' })}
        onKeyDown={keyboard.onKeyDown}
        className="block aspect-square w-full cursor-crosshair touch-none rounded-xl border border-control bg-sunken select-none"
      >
        {isEmpty && <Hint />}
        {drawing.strokes.map((stroke, i) => (
          <path
            // biome-ignore lint/suspicious/noArrayIndexKey: strokes are only ever added and taken off at the end
            key={i}
            d={toPath(stroke)}
            fill="none"
            stroke="currentColor"
            strokeWidth={penWidth}
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        ))}
        {keyboard.pen && (
          <circle
            cx={keyboard.pen.x}
            cy={keyboard.pen.y}
            r={penWidth / 2 + 3}
            fill="none"
            stroke="var(--color-accent)"
            strokeWidth={3}
            strokeDasharray={drawing.isPenDown ? undefined : '5 5'}
          />
        )}
      </svg>
      <div className="space-y-3">
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => dispatch({ type: 'undo' })} disabled={isEmpty}>
            <Undo2 aria-hidden className="size-4" /> Undo
          </Button>
          <Button onClick={() => dispatch({ type: 'clear' })} disabled={isEmpty}>
            <Eraser aria-hidden className="size-4" /> Clear
          </Button>
        </div>
        <p id={helpId} className="text-xs text-muted">
          By mouse, finger or pen. By keyboard: arrows move the pen, space puts it down and lifts it,
          Backspace takes the last line back.
        </p>
      </div>
    </div>
  );
}

function Hint() {
  return (
    <text
      x={drawingSize / 2}
      y={drawingSize / 2}
      textAnchor="middle"
      dominantBaseline="middle"
      aria-hidden
      className="pointer-events-none fill-muted text-[15px]"
    >
      Draw here
    </text>
  );
}

function toPoint({ clientX, clientY }: { clientX: number; clientY: number }, pad: SVGSVGElement): Point {
  const box = pad.getBoundingClientRect();
  return {
    x: ((clientX - box.left) / box.width) * drawingSize,
    y: ((clientY - box.top) / box.height) * drawingSize,
  };
}
