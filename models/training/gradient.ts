import { padding, type Step } from './network.ts';
import type { Initializer, OnnxNode } from './write-onnx.ts';

/** Names of the values that a gradient graph gives beside `loss`. */
export const gradientOf = (parameter: string): string => `${parameter}_gradient`;

/**
 * The nodes that follow a forward pass: softmax cross-entropy against `target` (one row of class weights an item),
 * then each layer's gradients in reverse. Inference builds of ONNX Runtime hold no gradient operations, so each is
 * spelled with ordinary ones; the runtime's matrix kernels make this ten times as fast as loops in JavaScript.
 */
export function gradientNodes(
  steps: readonly Step[],
  batchSize: number,
): { nodes: OnnxNode[]; constants: Initializer[] } {
  const logits = steps.at(-1)?.output ?? '';
  const constants: Initializer[] = [{ name: 'batch_size', dims: [], data: Float32Array.of(batchSize) }];
  const nodes: OnnxNode[] = [
    { op: 'LogSoftmax', inputs: [logits], outputs: ['log_probabilities'], attributes: { axis: 1 } },
    { op: 'Mul', inputs: ['log_probabilities', 'target'], outputs: ['log_likelihoods'] },
    {
      op: 'ReduceSum',
      inputs: ['log_likelihoods'],
      outputs: ['log_likelihood'],
      attributes: { keepdims: 0 },
    },
    { op: 'Neg', inputs: ['log_likelihood'], outputs: ['loss_sum'] },
    { op: 'Div', inputs: ['loss_sum', 'batch_size'], outputs: ['loss'] },
    { op: 'Softmax', inputs: [logits], outputs: ['predicted'], attributes: { axis: 1 } },
    { op: 'Sub', inputs: ['predicted', 'target'], outputs: ['logits_gradient_sum'] },
    { op: 'Div', inputs: ['logits_gradient_sum', 'batch_size'], outputs: [gradientOf(logits)] },
  ];
  for (const step of steps.toReversed()) {
    const isFirst = step === steps[0];
    nodes.push(...layerGradient(step, isFirst, batchSize, constants));
  }
  return { nodes, constants };
}

/** One layer's gradients; what it adds to `constants` are the shapes it reshapes to. */
function layerGradient(
  step: Step,
  isFirst: boolean,
  batchSize: number,
  constants: Initializer[],
): OnnxNode[] {
  const { layer, output, hasRelu } = step;
  // a rectified output is 0 or positive, so its sign is ReLU's derivative
  const linear = hasRelu ? `${output}_linear_gradient` : gradientOf(output);
  const relu: OnnxNode[] = hasRelu
    ? [
        { op: 'Sign', inputs: [output], outputs: [`${output}_sign`] },
        { op: 'Mul', inputs: [gradientOf(output), `${output}_sign`], outputs: [linear] },
      ]
    : [];
  switch (layer.kind) {
    case 'conv':
      constants.push({ name: `${output}_axes`, dims: [3], data: BigInt64Array.of(0n, 2n, 3n) });
      return [...relu, ...convGradient(step, layer.size, linear, isFirst)];
    case 'dense':
      constants.push({ name: `${output}_axes`, dims: [1], data: BigInt64Array.of(0n) });
      return [...relu, ...denseGradient(step, linear, isFirst)];
    case 'pool':
      constants.push({ name: `${output}_zero`, dims: [], data: Float32Array.of(0) });
      return poolGradient(step, batchSize, constants);
    case 'flatten':
      return [reshape(gradientOf(output), gradientOf(step.input), [batchSize, ...step.inputDims], constants)];
  }
}

function denseGradient({ input, output, weight, bias }: Step, linear: string, isFirst: boolean): OnnxNode[] {
  const toInput: OnnxNode = {
    op: 'Gemm',
    inputs: [linear, weight],
    outputs: [gradientOf(input)],
    attributes: { transB: 1 },
  };
  return [
    { op: 'Gemm', inputs: [input, linear], outputs: [gradientOf(weight)], attributes: { transA: 1 } },
    {
      op: 'ReduceSum',
      inputs: [linear, `${output}_axes`],
      outputs: [gradientOf(bias)],
      attributes: { keepdims: 0 },
    },
    ...(isFirst ? [] : [toInput]),
  ];
}

/**
 * A kernel's gradient is the input convolved with the output's gradient, batch and channel axes exchanged; the
 * input's gradient is the transposed convolution.
 */
function convGradient(
  { input, output, weight, bias }: Step,
  size: number,
  linear: string,
  isFirst: boolean,
): OnnxNode[] {
  const exchange = { perm: [1, 0, 2, 3] };
  const toInput: OnnxNode = {
    op: 'ConvTranspose',
    inputs: [linear, weight],
    outputs: [gradientOf(input)],
    attributes: padding(size),
  };
  return [
    { op: 'Transpose', inputs: [input], outputs: [`${output}_x`], attributes: exchange },
    { op: 'Transpose', inputs: [linear], outputs: [`${output}_dy`], attributes: exchange },
    {
      op: 'Conv',
      inputs: [`${output}_x`, `${output}_dy`],
      outputs: [`${output}_dw`],
      attributes: padding(size),
    },
    { op: 'Transpose', inputs: [`${output}_dw`], outputs: [gradientOf(weight)], attributes: exchange },
    {
      op: 'ReduceSum',
      inputs: [linear, `${output}_axes`],
      outputs: [gradientOf(bias)],
      attributes: { keepdims: 0 },
    },
    ...(isFirst ? [] : [toInput]),
  ];
}

/** The gradient goes to the pixel that was the largest. Ties only happen at 0, where ReLU before it passes nothing on. */
function poolGradient(step: Step, batchSize: number, constants: Initializer[]): OnnxNode[] {
  const { input, output, inputDims, outputDims } = step;
  const [channels = 1, height = 1, width = 1] = outputDims;
  const windows = [batchSize, channels, height, 2, width, 2];
  const one = [batchSize, channels, height, 1, width, 1];
  return [
    reshape(input, `${output}_windows`, windows, constants),
    reshape(output, `${output}_largest`, one, constants),
    reshape(gradientOf(output), `${output}_dy`, one, constants),
    { op: 'Equal', inputs: [`${output}_windows`, `${output}_largest`], outputs: [`${output}_chosen`] },
    {
      op: 'Where',
      inputs: [`${output}_chosen`, `${output}_dy`, `${output}_zero`],
      outputs: [`${output}_dx`],
    },
    reshape(`${output}_dx`, gradientOf(input), [batchSize, ...inputDims], constants),
  ];
}

function reshape(input: string, output: string, dims: readonly number[], constants: Initializer[]): OnnxNode {
  const shape = `${output}_shape`;
  constants.push({ name: shape, dims: [dims.length], data: BigInt64Array.from(dims.map(BigInt)) });
  return { op: 'Reshape', inputs: [input, shape], outputs: [output] };
}
