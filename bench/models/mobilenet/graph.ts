import { encodeOnnx, type OnnxNode } from '../../../models/training/write-onnx.ts';
import { createWeights, type Weights } from '../seeded-weights.ts';
import { classCount, side } from './contract.ts';

/** MobileNetV2: how much wider a block is inside, its channels, how often it is repeated, its first stride. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;
const lastChannels = 1280;

/**
 * MobileNetV2 with the normalisation of its input in the graph, batch norms folded into the convolutions: 300 million
 * multiplications an image.
 */
export function encodeMobilenet(): Uint8Array {
  const weights = createWeights(224);
  const nodes: OnnxNode[] = [
    ...normalise(weights),
    ...conv(weights, { input: 'ready', output: 'stem', from: 3, to: 32, size: 3, stride: 2, isActive: true }),
  ];
  let before = { name: 'stem', channels: 32 };
  for (const [widen, channels, repeats, stride] of stages) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const output = `block${nodes.length}`;
      const shape = { widen, channels, stride: repeat === 0 ? stride : 1 };
      nodes.push(...block(weights, before, output, shape));
      before = { name: output, channels };
    }
  }
  nodes.push(...head(weights, before));
  return encodeOnnx({
    name: 'mobilenet',
    nodes,
    initializers: weights.initializers,
    inputs: [{ name: 'pixels', dtype: 'uint8', dims: ['batch', side, side, 3] }],
    outputs: [{ name: 'scores', dtype: 'float32', dims: ['batch', classCount] }],
  });
}

/** Bytes to numbers from -1 to 1, channels first. */
function normalise(weights: Weights): OnnxNode[] {
  return [
    { op: 'Transpose', inputs: ['pixels'], outputs: ['planes'], attributes: { perm: [0, 3, 1, 2] } },
    { op: 'Cast', inputs: ['planes'], outputs: ['numbers'], attributes: { to: 1 } },
    { op: 'Mul', inputs: ['numbers', weights.constant('scale', [], 2 / 255)], outputs: ['scaled'] },
    { op: 'Sub', inputs: ['scaled', weights.constant('middle', [], 1)], outputs: ['ready'] },
  ];
}

interface Place {
  readonly name: string;
  readonly channels: number;
}

/** Widen, convolve each channel alone, narrow; the input is added where the shapes agree. */
function block(
  weights: Weights,
  before: Place,
  output: string,
  { widen, channels, stride }: { widen: number; channels: number; stride: number },
): OnnxNode[] {
  const inside = before.channels * widen;
  const isResidual = stride === 1 && before.channels === channels;
  const [wide, alone, narrow] = [`${output}_wide`, `${output}_alone`, isResidual ? `${output}_own` : output];
  const widening = { input: before.name, output: wide, from: before.channels, to: inside, isActive: true };
  return [
    ...(widen > 1 ? conv(weights, widening) : []),
    ...conv(weights, {
      input: widen > 1 ? wide : before.name,
      output: alone,
      from: inside,
      to: inside,
      size: 3,
      stride,
      groups: inside,
      isActive: true,
    }),
    ...conv(weights, { input: alone, output: narrow, from: inside, to: channels }),
    ...(isResidual ? [{ op: 'Add', inputs: [before.name, narrow], outputs: [output] }] : []),
  ];
}

interface Convolution {
  readonly input: string;
  readonly output: string;
  readonly from: number;
  readonly to: number;
  readonly size?: number;
  readonly stride?: number;
  readonly groups?: number;
  /** Followed by ReLU6. */
  readonly isActive?: boolean;
}

function conv(
  weights: Weights,
  { input, output, from, to, size = 1, stride = 1, groups = 1, isActive = false }: Convolution,
): OnnxNode[] {
  const fanIn = (from / groups) * size * size;
  const weight = weights.normal(`${output}_weight`, [to, from / groups, size, size], fanIn);
  const bias = weights.constant(`${output}_bias`, [to], 0.01);
  const linear = isActive ? `${output}_linear` : output;
  const pad = (size - 1) / 2;
  return [
    {
      op: 'Conv',
      inputs: [input, weight, bias],
      outputs: [linear],
      attributes: { pads: [pad, pad, pad, pad], strides: [stride, stride], group: groups },
    },
    ...(isActive
      ? [{ op: 'Clip', inputs: [linear, ...clipBounds(weights, output)], outputs: [output] }]
      : []),
  ];
}

function clipBounds(weights: Weights, output: string): string[] {
  return [weights.constant(`${output}_low`, [], 0), weights.constant(`${output}_high`, [], 6)];
}

function head(weights: Weights, before: Place): OnnxNode[] {
  const weight = weights.normal('classes_weight', [lastChannels, classCount], lastChannels);
  const bias = weights.constant('classes_bias', [classCount], 0);
  return [
    ...conv(weights, {
      input: before.name,
      output: 'last',
      from: before.channels,
      to: lastChannels,
      isActive: true,
    }),
    { op: 'GlobalAveragePool', inputs: ['last'], outputs: ['pooled'] },
    { op: 'Flatten', inputs: ['pooled'], outputs: ['flat'] },
    { op: 'Gemm', inputs: ['flat', weight, bias], outputs: ['logits'] },
    { op: 'Softmax', inputs: ['logits'], outputs: ['scores'], attributes: { axis: 1 } },
  ];
}
