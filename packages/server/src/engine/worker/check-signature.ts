import type { TensorSpec } from '@oriel/schemas';

/** One input or output as the ONNX file declares it. A text names an axis of any length. */
export interface OnnxTensorInfo {
  readonly name: string;
  readonly dtype: string;
  /** Empty for a scalar, and when the file does not say. */
  readonly dims: readonly (number | string)[];
}

interface Signature<Tensor> {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/**
 * Compares what a pipeline feeds and reads with what the ONNX file takes and gives.
 *
 * @returns what differs, one sentence each; empty when they fit
 */
export function checkSignature(pipeline: Signature<TensorSpec>, onnx: Signature<OnnxTensorInfo>): string[] {
  return [
    ...pipeline.inputs.flatMap((spec) => differences('input', 'feeds', spec, onnx.inputs)),
    ...onnx.inputs
      .filter(({ name }) => !pipeline.inputs.some((spec) => spec.name === name))
      .map((info) => `input "${info.name}" (${describe(info)}) of model.onnx is not fed by the pipeline`),
    ...pipeline.outputs.flatMap((spec) => differences('output', 'reads', spec, onnx.outputs)),
  ];
}

function differences(
  kind: string,
  verb: string,
  spec: TensorSpec,
  infos: readonly OnnxTensorInfo[],
): string[] {
  const info = infos.find(({ name }) => name === spec.name);
  if (!info) {
    const names = infos.map(({ name }) => `"${name}"`).join(', ') || 'none';
    return [
      `${kind} "${spec.name}", which the pipeline ${verb}, is not in model.onnx; its ${kind}s: ${names}`,
    ];
  }
  if (info.dtype === spec.dtype && fits(spec.dims, info.dims)) return [];
  return [
    `${kind} "${spec.name}" is ${describe(info)} in model.onnx, but the pipeline ${verb} ${describe(spec)}`,
  ];
}

/** An axis of the file that is free fits any; a fixed one must be declared with that length. */
function fits(declared: TensorSpec['dims'], actual: OnnxTensorInfo['dims']): boolean {
  if (actual.length === 0) return true;
  return (
    declared.length === actual.length &&
    actual.every((dim, axis) => typeof dim === 'string' || dim === declared[axis])
  );
}

/** `float32[batch, 8]`. */
function describe({ dtype, dims }: { dtype: string; dims: readonly (number | string | null)[] }): string {
  return `${dtype}[${dims.map((dim, axis) => dim || (axis === 0 ? 'batch' : 'any')).join(', ')}]`;
}
