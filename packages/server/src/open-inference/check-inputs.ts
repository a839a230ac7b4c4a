import { predictManyMax, type Tensor, type TensorSpec, type Tensors } from '@oriel/schemas';
import { readBinaryData } from './binary-tensor.ts';
import { datatypeOf, elementCount } from './data-types.ts';
import { readJsonData } from './json-tensor.ts';
import { type Path, refused } from './refused.ts';
import type { InferenceRequest } from './request.ts';

type RequestInput = InferenceRequest['inputs'][number];

/** Tensors as the model's file takes them. */
export interface Feeds {
  readonly inputs: Tensors;
  /** The length of each one's first axis. */
  readonly rows: number;
}

/** More than any machine could hold, and few enough to count with. */
const countedMax = 2 ** 31 - 1;

/**
 * What a request feeds to a model, checked against what the model takes.
 *
 * @param binary - the bytes behind the JSON: those of each input that says so, one after another
 * @throws AppError INPUT_INVALID
 */
export function toFeeds(
  { inputs: given }: Pick<InferenceRequest, 'inputs'>,
  binary: Uint8Array,
  specs: readonly TensorSpec[],
): Feeds {
  const inputs: Record<string, Tensor> = {};
  let rows: number | undefined;
  let at = 0;
  for (const [index, input] of given.entries()) {
    const path: Path = ['inputs', index];
    const spec = checkName(input.name, specs, path);
    if (Object.hasOwn(inputs, spec.name))
      throw refused([...path, 'name'], 'repeated', `is there twice: "${spec.name}"`);
    checkDatatype(input, spec, path);
    rows = checkShape(input, { spec, path, rows });
    const size = binarySizeOf(input, path);
    if (size !== undefined && size > binary.byteLength - at) {
      const message = `is more than the ${binary.byteLength - at} bytes that are left of the body; it is ${size}`;
      throw refused([...path, 'parameters', 'binary_data_size'], 'size', message);
    }
    const bytes = size === undefined ? undefined : binary.subarray(at, at + size);
    inputs[spec.name] = readTensor(input, { spec, path, bytes });
    at += size ?? 0;
  }
  checkComplete(inputs, specs);
  if (at < binary.byteLength) {
    const message = `must say with binary_data_size what all bytes behind the JSON are: ${binary.byteLength - at} are left`;
    throw refused(['inputs'], 'size', message);
  }
  return { inputs, rows: rows ?? 0 };
}

function checkName(name: string, specs: readonly TensorSpec[], path: Path): TensorSpec {
  const spec = specs.find((each) => each.name === name);
  if (spec) return spec;
  throw refused([...path, 'name'], 'unknown', `must be one of ${namesOf(specs)}`);
}

function checkDatatype({ datatype }: RequestInput, { name, dtype }: TensorSpec, path: Path): void {
  const declared = datatypeOf[dtype];
  if (datatype !== declared)
    throw refused([...path, 'datatype'], 'datatype', `must be ${declared}, which "${name}" is`);
}

interface ShapeCheck {
  readonly spec: TensorSpec;
  readonly path: Path;
  /** Of the inputs before. */
  readonly rows: number | undefined;
}

/** @returns how many rows it has */
function checkShape({ shape }: RequestInput, { spec, path, rows }: ShapeCheck): number {
  const { name, dims, axisMax = countedMax } = spec;
  const [length = 0] = shape;
  const fits = shape.length === dims.length && shape.every((each, axis) => each === (dims[axis] ?? each));
  const declared = `[${dims.map((dim) => dim ?? -1)}]`;
  const at = [...path, 'shape'];
  if (!fits)
    throw refused(at, 'shape', `must be ${declared}, where -1 is any length: so "${name}" is declared`);
  if (shape.some((each, axis) => axis > 0 && dims[axis] === null && each > axisMax))
    throw refused(at, 'too_big', `must have no axis longer than ${axisMax}`);
  if (length < 1) throw refused(at, 'too_small', 'must have at least one row: the first axis counts them');
  if (length > predictManyMax)
    throw refused(at, 'too_big', `must have at most ${predictManyMax} rows: the first axis counts them`);
  if (rows !== undefined && rows !== length)
    throw refused(
      at,
      'rows',
      `must have as many rows as the other inputs, ${rows}: the first axis counts them`,
    );
  return length;
}

function binarySizeOf({ data, parameters }: RequestInput, path: Path): number | undefined {
  const size = parameters?.binary_data_size;
  if ((data ?? undefined) === undefined) {
    if (size !== undefined) return size;
    throw refused(
      [...path, 'data'],
      'required',
      'must be there, or its size among the bytes behind the JSON: binary_data_size',
    );
  }
  if (size === undefined) return undefined;
  throw refused(
    [...path, 'data'],
    'conflict',
    'must not be there where binary_data_size says that the data is binary',
  );
}

interface Wanted {
  readonly spec: TensorSpec;
  readonly path: Path;
  readonly bytes: Uint8Array | undefined;
}

function readTensor({ shape: dims, data }: RequestInput, { spec: { dtype }, path, bytes }: Wanted): Tensor {
  const read = bytes
    ? readBinaryData(bytes, { dtype, count: elementCount(dims), path })
    : readJsonData(data, { dtype, dims, path: [...path, 'data'] });
  // both give what holds elements of that type
  return { dtype, dims, data: read } as Tensor;
}

function checkComplete(inputs: Tensors, specs: readonly TensorSpec[]): void {
  const missing = specs.filter(({ name }) => !Object.hasOwn(inputs, name));
  if (missing.length > 0) throw refused(['inputs'], 'required', `must hold ${namesOf(missing)} too`);
}

export function namesOf(specs: readonly Pick<TensorSpec, 'name'>[]): string {
  return specs.map(({ name }) => `"${name}"`).join(', ');
}
