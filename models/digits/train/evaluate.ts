import sharp from 'sharp';
import type { HandwrittenDigit } from '../../training/data/handwritten-digits.ts';
import { accuracy, calibrationError, confusionTable, percent } from '../../training/metrics.ts';
import { createRandom } from '../../training/random.ts';
import { openModel, runPipeline } from '../../training/run-pipeline.ts';
import { drawDigit } from '../pen-drawing.ts';
import { pipeline } from '../pipeline.ts';
import { dilate, enlarge, erode, type Picture, place, rotate, toPng } from './disturb.ts';
import { splitDigits } from './model.ts';

const { heldOut } = splitDigits();
const committed = await openModel(new URL('../1/model.onnx', import.meta.url));
const allDigits = Array.from({ length: 10 }, (_, digit) => digit);

const answers = await answer(heldOut.map(toPicture), toPng);
print('as they are, 28 x 28 PNG', answers);
console.log(`calibration error ${calibrationError(answers).toFixed(3)}`);
console.log(confusionTable(answers, allDigits));

const placing = createRandom(1);
await check('shifted anywhere on 64 x 64', (digit) => place(digit, 64, placing));
await check('shifted anywhere on 112 x 112', (digit) => place(digit, 112, placing));
for (const side of [16, 20, 40, 100, 280, 600, 1000])
  await check(`scaled to ${side} x ${side}`, (digit) => enlarge(digit, side));
await check('inverted: dark on light', (digit) => recolour(digit, 255, 0));
await check('inverted, grey 90 on 160', (digit) => recolour(digit, 160, 90));
await check('strokes thinner', (digit) => erode(enlarge(digit, 112), 2));
await check('strokes thinner still', (digit) => erode(enlarge(digit, 112), 3));
await check('strokes thicker', (digit) => dilate(enlarge(digit, 112), 3));
await check('strokes thicker still', (digit) => dilate(enlarge(digit, 112), 5));
for (const degrees of [-15, 15])
  await check(`turned by ${degrees} degrees`, (digit) => rotate(digit, degrees));
for (const quality of [80, 30, 10]) {
  print(
    `JPEG of quality ${quality}, 112 x 112`,
    await answer(await enlarged(112), (picture) => toSharp(picture).jpeg({ quality }).toBuffer()),
  );
}
print(
  'WebP of quality 50, 112 x 112',
  await answer(await enlarged(112), (picture) => toSharp(picture).webp({ quality: 50 }).toBuffer()),
);
for (const penWidth of [4, 8, 18, 30, 42]) await checkDrawings(penWidth);

function toPicture({ digit, pixels }: HandwrittenDigit): Picture {
  return { digit, side: 28, pixels: Uint8Array.from(pixels, (value) => Math.round(value * 255)) };
}

async function answer(pictures: readonly Picture[], encode: (picture: Picture) => Promise<Uint8Array>) {
  const images = await Promise.all(pictures.map(encode));
  return judge(pictures.map(({ digit }, index) => ({ digit, image: images[index] as Uint8Array })));
}

async function judge(drawings: readonly { digit: number; image: Uint8Array }[]) {
  const outputs = await runPipeline(
    pipeline,
    committed,
    drawings.map(({ image }) => ({ image: Uint8Array.from(image) })),
  );
  return drawings.map(({ digit: actual }, row) => {
    // one output a picture
    const { digit: predicted, confidence: probability } = outputs[row] as (typeof outputs)[number];
    return { actual, predicted, probability, happened: actual === predicted };
  });
}

async function check(name: string, change: (picture: Picture) => Picture | Promise<Picture>) {
  print(name, await answer(await Promise.all(heldOut.map(async (digit) => change(toPicture(digit)))), toPng));
}

function print(name: string, answers: Awaited<ReturnType<typeof judge>>) {
  console.log(`| ${name} | ${percent(accuracy(answers))} |`);
}

function enlarged(side: number) {
  return Promise.all(heldOut.map((digit) => enlarge(toPicture(digit), side)));
}

function toSharp({ pixels, side }: Picture) {
  return sharp(pixels, { raw: { width: side, height: side, channels: 1 } });
}

function recolour({ digit, side, pixels }: Picture, ground: number, ink: number): Picture {
  return { digit, side, pixels: pixels.map((value) => Math.round(ground + ((ink - ground) * value) / 255)) };
}

/** Digits that no data set holds: 30 drawings of each, black on white, on a canvas of 280 x 280. */
async function checkDrawings(penWidth: number) {
  const random = createRandom(penWidth);
  const drawings = allDigits.flatMap((digit) => Array.from({ length: 30 }, (_, style) => ({ digit, style })));
  const images = await Promise.all(
    drawings.map(({ digit, style }) => {
      const digitSide = random.between(120, 230);
      const at = { x: random.between(10, 270 - digitSide), y: random.between(10, 270 - digitSide) };
      return drawDigit({ digit, style, random: random.next, penWidth, digitSide, at });
    }),
  );
  print(
    `drawn on a canvas of 280 x 280, pen ${penWidth} wide`,
    await judge(drawings.map(({ digit }, index) => ({ digit, image: images[index] as Uint8Array }))),
  );
}
