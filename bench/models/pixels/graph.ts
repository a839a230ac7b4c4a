import { createParameters, forwardNodes, planSteps } from '../../../models/training/network.ts';
import { createRandom } from '../../../models/training/random.ts';
import { encodeOnnx } from '../../../models/training/write-onnx.ts';

/** A small convolutional network on 28 x 28 pixels: 330,000 multiplications. */
export function encodePixels(): Uint8Array {
  const steps = planSteps(
    'image',
    [1, 28, 28],
    [
      { kind: 'conv', channels: 8, size: 3 },
      { kind: 'pool' },
      { kind: 'conv', channels: 16, size: 3 },
      { kind: 'pool' },
      { kind: 'flatten' },
      { kind: 'dense', width: 64 },
      { kind: 'dense', width: 10 },
    ],
  );
  const logits = steps.at(-1)?.output ?? '';
  return encodeOnnx({
    name: 'pixels',
    nodes: [
      ...forwardNodes(steps),
      { op: 'Softmax', inputs: [logits], outputs: ['probabilities'], attributes: { axis: 1 } },
    ],
    initializers: createParameters(steps, createRandom(784)),
    inputs: [{ name: 'image', dtype: 'float32', dims: ['batch', 1, 28, 28] }],
    outputs: [{ name: 'probabilities', dtype: 'float32', dims: ['batch', 10] }],
  });
}
