import type { Random } from './random.ts';
import type { Initializer, OnnxNode } from './write-onnx.ts';

/** One layer of a feed-forward network. Images are [channels, height, width]. */
export type Layer =
  /** Square kernel of odd `size`, stride 1, padded to keep height and width; then ReLU. */
  | { readonly kind: 'conv'; readonly channels: number; readonly size: number }
  /** Largest of each 2 x 2 pixels; height and width must be even. */
  | { readonly kind: 'pool' }
  /** Image to vector. */
  | { readonly kind: 'flatten' }
  /** Every input to every output; ReLU after it unless it is the last layer, which gives the logits. */
  | { readonly kind: 'dense'; readonly width: number };

/** A layer in its place: the values it reads and gives, and the parameters it owns. */
export interface Step {
  readonly layer: Layer;
  readonly input: string;
  readonly output: string;
  /** Dims of one item, without the batch axis. */
  readonly inputDims: readonly number[];
  readonly outputDims: readonly number[];
  readonly hasRelu: boolean;
  readonly weight: string;
  readonly bias: string;
  /** Empty for layers without parameters. */
  readonly weightDims: readonly number[];
}

/**
 * Lines the layers up: each reads what the one before gives.
 *
 * @param inputDims - dims of one item, without the batch axis
 */
export function planSteps(input: string, inputDims: readonly number[], layers: readonly Layer[]): Step[] {
  const steps: Step[] = [];
  for (const [index, layer] of layers.entries()) {
    const before = steps.at(-1);
    const dims = before?.outputDims ?? inputDims;
    steps.push({
      layer,
      input: before?.output ?? input,
      output: `${layer.kind}${index}`,
      inputDims: dims,
      outputDims: outputDimsOf(layer, dims),
      hasRelu: layer.kind === 'conv' || (layer.kind === 'dense' && index < layers.length - 1),
      weight: `weight${index}`,
      bias: `bias${index}`,
      weightDims: weightDimsOf(layer, dims),
    });
  }
  return steps;
}

function outputDimsOf(layer: Layer, [first = 1, height = 1, width = 1]: readonly number[]): number[] {
  if (layer.kind === 'conv') return [layer.channels, height, width];
  if (layer.kind === 'pool') return [first, height / 2, width / 2];
  return [layer.kind === 'dense' ? layer.width : first * height * width];
}

function weightDimsOf(layer: Layer, [first = 1]: readonly number[]): number[] {
  if (layer.kind === 'conv') return [layer.channels, first, layer.size, layer.size];
  return layer.kind === 'dense' ? [first, layer.width] : [];
}

/** Starting values: He's normal weights, which keep the signal's size through ReLU layers, and zero biases. */
export function createParameters(steps: readonly Step[], random: Random): Initializer[] {
  return steps.flatMap(({ layer, weight, bias, weightDims, outputDims }) => {
    if (weightDims.length === 0) return [];
    const count = weightDims.reduce((product, length) => product * length, 1);
    const outputs = outputDims[0] ?? 1;
    // He's rule counts inputs per output: a kernel's volume, or a dense layer's input width
    const fanIn = layer.kind === 'conv' ? count / outputs : (weightDims[0] ?? 1);
    const data = Float32Array.from({ length: count }, () => random.normal() * Math.sqrt(2 / fanIn));
    return [
      { name: weight, dims: weightDims, data },
      { name: bias, dims: [outputs], data: new Float32Array(outputs) },
    ];
  });
}

/** The nodes that compute the last step's output from the first one's input. */
export function forwardNodes(steps: readonly Step[]): OnnxNode[] {
  return steps.flatMap(stepNodes);
}

function stepNodes(step: Step): OnnxNode[] {
  const { layer, input, output, hasRelu, weight, bias } = step;
  const linear = hasRelu ? `${output}_linear` : output;
  const relu = hasRelu ? [{ op: 'Relu', inputs: [linear], outputs: [output] }] : [];
  switch (layer.kind) {
    case 'conv':
      return [
        { op: 'Conv', inputs: [input, weight, bias], outputs: [linear], attributes: padding(layer.size) },
        ...relu,
      ];
    case 'dense':
      return [{ op: 'Gemm', inputs: [input, weight, bias], outputs: [linear] }, ...relu];
    case 'pool':
      return [
        {
          op: 'MaxPool',
          inputs: [input],
          outputs: [output],
          attributes: { kernel_shape: [2, 2], strides: [2, 2] },
        },
      ];
    case 'flatten':
      return [{ op: 'Flatten', inputs: [input], outputs: [output] }];
  }
}

/** Padding that keeps height and width under an odd kernel. */
export function padding(size: number): { pads: number[] } {
  return { pads: new Array<number>(4).fill((size - 1) / 2) };
}
