import { type HandwrittenDigit, readHandwrittenDigits } from '../../training/data/handwritten-digits.ts';
import { forwardNodes, planSteps } from '../../training/network.ts';
import { createRandom } from '../../training/random.ts';
import { stratifiedFolds } from '../../training/split.ts';
import { encodeOnnx, type Initializer } from '../../training/write-onnx.ts';
import { frameSide } from '../normalise-digit.ts';

export const seed = 28;

export const steps = planSteps(
  'image',
  [1, frameSide, frameSide],
  [
    { kind: 'conv', channels: 16, size: 3 },
    { kind: 'conv', channels: 16, size: 3 },
    { kind: 'pool' },
    { kind: 'conv', channels: 32, size: 3 },
    { kind: 'conv', channels: 32, size: 3 },
    { kind: 'pool' },
    { kind: 'flatten' },
    { kind: 'dense', width: 64 },
    { kind: 'dense', width: 10 },
  ],
);

/** 1,500 digits are held out, 500 watched while training, 8,000 learned from; each with the same share of every digit. */
export function splitDigits(): {
  train: HandwrittenDigit[];
  watched: HandwrittenDigit[];
  heldOut: HandwrittenDigit[];
} {
  const parts = stratifiedFolds(
    readHandwrittenDigits(),
    20,
    ({ digit }) => String(digit),
    createRandom(seed),
  );
  return {
    heldOut: parts.slice(0, 3).flat(),
    watched: parts.slice(3, 4).flat(),
    train: parts.slice(4).flat(),
  };
}

/** The network with its parameters, ready to serve. */
export function encodeDigits(initializers: readonly Initializer[]): Uint8Array {
  return encodeOnnx({
    name: 'digits',
    description:
      'A normalised 28 x 28 image of a handwritten digit (ink is 1) to the probabilities of 0 to 9.',
    nodes: [
      ...forwardNodes(steps),
      {
        op: 'Softmax',
        inputs: [steps.at(-1)?.output ?? ''],
        outputs: ['probabilities'],
        attributes: { axis: 1 },
      },
    ],
    initializers,
    inputs: [{ name: 'image', dtype: 'float32', dims: ['batch', 1, frameSide, frameSide] }],
    outputs: [{ name: 'probabilities', dtype: 'float32', dims: ['batch', 10] }],
  });
}
