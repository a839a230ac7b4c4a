import { readPackageFile } from './package-file.ts';

/** One digit of MNIST: 28 x 28 values from 0 (ground) to 1 (ink), row-major. */
export interface HandwrittenDigit {
  readonly digit: number;
  readonly pixels: Float32Array;
}

const pixelCount = 28 * 28;

/** Reads the 10,000 digits of the mnist package, sorted by digit. */
export function readHandwrittenDigits(): HandwrittenDigit[] {
  return Array.from({ length: 10 }, (_, digit) => {
    const { data } = JSON.parse(readPackageFile(`mnist/src/digits/${digit}.json`)) as { data: number[] };
    return Array.from({ length: data.length / pixelCount }, (_, index) => ({
      digit,
      pixels: Float32Array.from(data.slice(index * pixelCount, (index + 1) * pixelCount)),
    }));
  }).flat();
}
