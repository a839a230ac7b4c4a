import { encodeOnnx, type OnnxNode } from '../../../models/training/write-onnx.ts';
import { createWeights, type Weights } from '../seeded-weights.ts';
import { embeddingSize, tokenCount, vocabularySize } from './contract.ts';

const layerCount = 6;
const headCount = 12;
const headSize = embeddingSize / headCount;
const innerSize = 1536;

/** A BERT encoder of MiniLM's size: embeddings, six layers of attention and feed-forward, the mean over the tokens. */
export function encodeEncoder(): Uint8Array {
  const weights = createWeights(32);
  const words = weights.normal('words', [vocabularySize, embeddingSize], 2);
  const positions = weights.normal('positions', [1, tokenCount, embeddingSize], 2);
  const nodes: OnnxNode[] = [
    { op: 'Gather', inputs: [words, 'tokens'], outputs: ['word_vectors'] },
    { op: 'Add', inputs: ['word_vectors', positions], outputs: ['placed'] },
    norm(weights, 'placed', 'layer0'),
    ...Array.from({ length: layerCount }, (_, layer) => layerNodes(weights, layer)).flat(),
    {
      op: 'ReduceMean',
      inputs: [`layer${layerCount}`],
      outputs: ['embedding'],
      attributes: { axes: [1], keepdims: 0 },
    },
  ];
  return encodeOnnx({
    name: 'encoder',
    nodes,
    initializers: weights.initializers,
    inputs: [{ name: 'tokens', dtype: 'int64', dims: ['batch', tokenCount] }],
    outputs: [{ name: 'embedding', dtype: 'float32', dims: ['batch', embeddingSize] }],
  });
}

/** Reads `layer<n>`, gives `layer<n + 1>`. */
function layerNodes(weights: Weights, layer: number): OnnxNode[] {
  const at = `l${layer}`;
  const input = `layer${layer}`;
  return [
    ...attention(weights, input, at),
    { op: 'Add', inputs: [input, `${at}_attended`], outputs: [`${at}_sum`] },
    norm(weights, `${at}_sum`, `${at}_middle`),
    ...dense(weights, `${at}_middle`, `${at}_up`, [embeddingSize, innerSize]),
    ...gelu(weights, `${at}_up`, `${at}_active`),
    ...dense(weights, `${at}_active`, `${at}_down`, [innerSize, embeddingSize]),
    { op: 'Add', inputs: [`${at}_middle`, `${at}_down`], outputs: [`${at}_sum2`] },
    norm(weights, `${at}_sum2`, `layer${layer + 1}`),
  ];
}

function attention(weights: Weights, input: string, at: string): OnnxNode[] {
  const square = [embeddingSize, embeddingSize] as const;
  const scores = `${at}_scores`;
  return [
    ...heads(weights, input, `${at}_query`, [0, 2, 1, 3]),
    ...heads(weights, input, `${at}_key`, [0, 2, 3, 1]),
    ...heads(weights, input, `${at}_value`, [0, 2, 1, 3]),
    { op: 'MatMul', inputs: [`${at}_query`, `${at}_key`], outputs: [scores] },
    {
      op: 'Div',
      inputs: [scores, weights.constant(`${at}_root`, [], Math.sqrt(headSize))],
      outputs: [`${scores}_scaled`],
    },
    {
      op: 'Softmax',
      inputs: [`${scores}_scaled`],
      outputs: [`${scores}_shares`],
      attributes: { axis: -1 },
    },
    { op: 'MatMul', inputs: [`${scores}_shares`, `${at}_value`], outputs: [`${at}_mixed`] },
    transpose(`${at}_mixed`, `${at}_rows`, [0, 2, 1, 3]),
    reshape(weights, `${at}_rows`, `${at}_joined`, [0, 0, embeddingSize]),
    ...dense(weights, `${at}_joined`, `${at}_attended`, square),
  ];
}

/** A projection, cut into heads and turned. */
function heads(weights: Weights, input: string, output: string, perm: readonly number[]): OnnxNode[] {
  return [
    ...dense(weights, input, `${output}_flat`, [embeddingSize, embeddingSize]),
    reshape(weights, `${output}_flat`, `${output}_cut`, [0, 0, headCount, headSize]),
    transpose(`${output}_cut`, output, perm),
  ];
}

function dense(
  weights: Weights,
  input: string,
  output: string,
  [width, height]: readonly [number, number],
): OnnxNode[] {
  const weight = weights.normal(`${output}_weight`, [width, height], 2 * width);
  const bias = weights.constant(`${output}_bias`, [height], 0.01);
  return [
    { op: 'MatMul', inputs: [input, weight], outputs: [`${output}_product`] },
    { op: 'Add', inputs: [`${output}_product`, bias], outputs: [output] },
  ];
}

/** x / 2 * (1 + erf(x / sqrt(2))), spelled as exporters do, which ONNX Runtime recognises and fuses. */
function gelu(weights: Weights, input: string, output: string): OnnxNode[] {
  const scalar = (name: string, value: number) => weights.constant(`${output}_${name}`, [], value);
  return [
    { op: 'Div', inputs: [input, scalar('sqrt2', Math.SQRT2)], outputs: [`${output}_a`] },
    { op: 'Erf', inputs: [`${output}_a`], outputs: [`${output}_b`] },
    { op: 'Add', inputs: [`${output}_b`, scalar('one', 1)], outputs: [`${output}_c`] },
    { op: 'Mul', inputs: [input, `${output}_c`], outputs: [`${output}_d`] },
    { op: 'Mul', inputs: [`${output}_d`, scalar('half', 0.5)], outputs: [output] },
  ];
}

function norm(weights: Weights, input: string, output: string): OnnxNode {
  const scale = weights.constant(`${output}_scale`, [embeddingSize], 1);
  const shift = weights.constant(`${output}_shift`, [embeddingSize], 0);
  return {
    op: 'LayerNormalization',
    inputs: [input, scale, shift],
    outputs: [output],
    attributes: { axis: -1, epsilon: { float: 1e-12 } },
  };
}

function transpose(input: string, output: string, perm: readonly number[]): OnnxNode {
  return { op: 'Transpose', inputs: [input], outputs: [output], attributes: { perm } };
}

function reshape(weights: Weights, input: string, output: string, axes: readonly number[]): OnnxNode {
  return { op: 'Reshape', inputs: [input, weights.shape(`${output}_axes`, axes)], outputs: [output] };
}
