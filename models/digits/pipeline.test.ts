import { InputError } from '@oriel/schemas';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModel, runPipeline } from '../training/run-pipeline.ts';
import type { Runtime } from '../training/runtime.ts';
import { digits } from './contract.ts';
import { type Drawing, drawDigit } from './pen-drawing.ts';
import { pipeline } from './pipeline.ts';

const allDigits = Array.from({ length: 10 }, (_, digit) => digit);
const draw = async (drawing: Drawing) => ({ image: Uint8Array.from(await drawDigit(drawing)) });
const drawAll = (look: Omit<Drawing, 'digit'>) =>
  Promise.all(allDigits.map((digit) => draw({ digit, ...look })));

describe('the digits pipeline', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await openModel(new URL('./1/model.onnx', import.meta.url));
  });
  afterAll(() => runtime.close());

  const read = async (inputs: { image: Uint8Array<ArrayBuffer> }[]) =>
    (await runPipeline(pipeline, runtime, inputs)).map(({ digit }) => digit);

  test.each<[string, Omit<Drawing, 'digit'>]>([
    ['with a usual pen', {}],
    ['in another hand', { style: 1 }],
    ['in a third hand', { style: 2 }],
    ['with a thin pen', { penWidth: 5 }],
    ['with a thick pen', { penWidth: 36 }],
    ['white on black', { ink: 'white', ground: 'black' }],
    ['dark on a transparent canvas', { ground: 'none' }],
    ['bright on a transparent canvas', { ink: '#ffffee', ground: 'none' }],
    ['grey on grey', { ink: '#777', ground: '#999' }],
    ['red on yellow', { ink: 'red', ground: 'yellow' }],
    ['small in a corner', { digitSide: 60, penWidth: 7, at: { x: 200, y: 205 } }],
    ['on a tiny canvas', { canvasSide: 24, penWidth: 2 }],
    ['on a large canvas', { canvasSide: 1000, penWidth: 60 }],
  ])('reads all ten digits drawn %s', async (_, look) => {
    expect(await read(await drawAll(look))).toEqual(allDigits);
  });

  test('reads JPEG and WebP, and turns a photo upright', async () => {
    const png = await drawDigit({ digit: 4 });
    const files = [
      await sharp(png).jpeg({ quality: 40 }).toBuffer(),
      await sharp(png).webp().toBuffer(),
      await sharp(await sharp(png).rotate(-90).toBuffer())
        .withMetadata({ orientation: 6 })
        .jpeg()
        .toBuffer(),
    ];
    expect(await read(files.map((file) => ({ image: Uint8Array.from(file) })))).toEqual([4, 4, 4]);
  });

  test('answers as its contract promises: ten probabilities together 1, the digit the most probable', async () => {
    const [answer] = await runPipeline(pipeline, runtime, [await draw({ digit: 7 })]);
    const { digit, confidence, probabilities } = digits.output.parse(answer);
    expect(probabilities.reduce((sum, value) => sum + value)).toBeCloseTo(1, 5);
    expect([probabilities[digit], Math.max(...probabilities)]).toEqual([confidence, confidence]);
  });

  test('answers its example as the title says', async () => {
    expect(await read([digits.input.parse(digits.examples[0].input)])).toEqual([3]);
  });

  test('gives the same answers in a batch as alone', async () => {
    const images = await drawAll({ style: 1 });
    const [alone, together] = [
      await runPipeline(pipeline, runtime, images, 1),
      await runPipeline(pipeline, runtime, images),
    ];
    for (const [row, { probabilities }] of together.entries()) {
      for (const [digit, value] of probabilities.entries()) {
        expect(Math.abs(value - (alone[row]?.probabilities[digit] ?? 2))).toBeLessThan(1e-5);
      }
    }
  });

  test('refuses an image without strokes', async () => {
    const blank = await sharp({ create: { width: 50, height: 50, channels: 4, background: '#fffe' } })
      .png()
      .toBuffer();
    await expect(preprocess(blank)).rejects.toThrow(new InputError(['image'], expectedBlank));
  });

  test('refuses a file that breaks off, naming the field', async () => {
    const png = await drawDigit({ digit: 5 });
    const refusal = await preprocess(png.subarray(0, png.length / 2)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InputError);
    expect(refusal).toMatchObject({
      path: ['image'],
      message: expect.stringMatching(/^is not a readable PNG, JPEG or WebP image/),
    });
  });

  test('refuses a small file that would decode to a huge image', async () => {
    const huge = await sharp({ create: { width: 8000, height: 8000, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    await expect(preprocess(huge)).rejects.toBeInstanceOf(InputError);
  });
});

const expectedBlank = 'holds no strokes: all of it has about the same brightness';
const preprocess = async (bytes: Uint8Array) => pipeline.preprocess({ image: Uint8Array.from(bytes) });
