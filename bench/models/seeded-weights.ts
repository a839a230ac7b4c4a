import { createRandom } from '../../models/training/random.ts';
import type { Initializer } from '../../models/training/write-onnx.ts';

/**
 * Makes random weights, the same on every machine, and keeps them for the graph that uses them. Speed does not depend
 * on what a network has learned; only values that grow to infinity or shrink to denormals would be slow, hence He's
 * scale.
 */
export function createWeights(seed: number) {
  const random = createRandom(seed);
  const initializers: Initializer[] = [];
  return { initializers, normal, constant, shape };

  /** Normal values; `fanIn` is how many inputs each output sums. */
  function normal(name: string, dims: readonly number[], fanIn: number): string {
    const count = dims.reduce((product, length) => product * length, 1);
    const scale = Math.sqrt(2 / fanIn);
    return add(
      name,
      dims,
      Float32Array.from({ length: count }, () => random.normal() * scale),
    );
  }

  /** One value for every element; no dims make a scalar. */
  function constant(name: string, dims: readonly number[], value: number): string {
    const count = dims.reduce((product, length) => product * length, 1);
    return add(name, dims, new Float32Array(count).fill(value));
  }

  /** A list of whole numbers, as `Reshape` wants it; 0 keeps an axis. */
  function shape(name: string, axes: readonly number[]): string {
    return add(name, [axes.length], BigInt64Array.from(axes, BigInt));
  }

  function add(name: string, dims: readonly number[], data: Initializer['data']): string {
    initializers.push({ name, dims, data });
    return name;
  }
}

export type Weights = ReturnType<typeof createWeights>;
