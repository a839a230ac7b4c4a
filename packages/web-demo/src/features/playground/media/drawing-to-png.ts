import { drawingSize, penWidth, type Stroke, toPath } from './drawing.ts';

/** The drawing as a PNG, black on white whatever the page's theme. */
export function drawingToPng(strokes: readonly Stroke[]): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = drawingSize;
  canvas.height = drawingSize;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser cannot draw: it offers no 2D canvas.');

  context.fillStyle = 'white';
  context.fillRect(0, 0, drawingSize, drawingSize);
  context.strokeStyle = 'black';
  context.lineWidth = penWidth;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const stroke of strokes) context.stroke(new Path2D(toPath(stroke)));

  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The drawing could not be made an image.'))),
      'image/png',
    );
  });
}
