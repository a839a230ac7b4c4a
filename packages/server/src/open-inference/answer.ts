import type { Tensor, TensorSpec, Tensors } from '@oriel/schemas';
import { printBinaryData } from './binary-tensor.ts';
import { namesOf } from './check-inputs.ts';
import { datatypeOf } from './data-types.ts';
import { printJsonData } from './json-tensor.ts';
import { refused } from './refused.ts';
import type { InferenceRequest } from './request.ts';

/** An output that is asked for. */
export interface WantedOutput {
  readonly name: string;
  readonly isBinary: boolean;
}

/** An answer: JSON text, and the bytes that come after it; none when all is in the text. */
export interface InferenceAnswer {
  readonly json: string;
  readonly binary: readonly Uint8Array[];
}

/**
 * Which outputs a request asks for, and in which form; all, when it names none.
 *
 * @throws AppError INPUT_INVALID
 */
export function wantedOutputs(
  { outputs, parameters }: Pick<InferenceRequest, 'outputs' | 'parameters'>,
  specs: readonly TensorSpec[],
): WantedOutput[] {
  const areBinary = parameters?.binary_data_output ?? false;
  if (!outputs || outputs.length === 0) return specs.map(({ name }) => ({ name, isBinary: areBinary }));
  const seen = new Set<string>();
  return outputs.map(({ name, parameters: own }, index) => {
    const path = ['outputs', index, 'name'];
    if (!specs.some((spec) => spec.name === name))
      throw refused(path, 'unknown', `must be one of ${namesOf(specs)}`);
    if (seen.has(name)) throw refused(path, 'repeated', `is there twice: "${name}"`);
    seen.add(name);
    return { name, isBinary: own?.binary_data ?? areBinary };
  });
}

interface Answered {
  readonly model: string;
  readonly version: string;
  readonly id: string | null | undefined;
  readonly outputs: Tensors;
}

/** @throws AppError INPUT_INVALID when an output cannot be said in the form that was asked for */
export function printAnswer(
  { model, version, id, outputs }: Answered,
  wanted: readonly WantedOutput[],
): InferenceAnswer {
  const binary: Uint8Array[] = [];
  const texts = wanted.map(({ name, isBinary }) => {
    // the engine gives all outputs of the signature, and no other is asked for
    const tensor = outputs[name] as Tensor;
    const head = { name, shape: tensor.dims, datatype: datatypeOf[tensor.dtype] };
    if (!isBinary) return `${JSON.stringify(head).slice(0, -1)},"data":${printJsonData(tensor, name)}}`;
    const bytes = printBinaryData(tensor);
    binary.push(bytes);
    return JSON.stringify({ ...head, parameters: { binary_data_size: bytes.byteLength } });
  });
  const head = { model_name: model, model_version: version, ...(typeof id === 'string' && { id }) };
  return { json: `${JSON.stringify(head).slice(0, -1)},"outputs":[${texts.join()}]}`, binary };
}
