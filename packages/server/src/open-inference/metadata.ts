import type { TensorSpec } from '@oriel/schemas';
import type { ModelStatus, Signature } from '../engine/engine-types.ts';
import { version } from '../version.ts';
import { datatypeOf } from './data-types.ts';

/** What this server is, in the protocol's words. Models are loaded when it starts, and not by callers. */
export const serverMetadata = { name: 'oriel', version, extensions: ['binary_tensor_data'] } as const;

/** What a version takes and gives; -1 is an axis of any length, and the first one counts the rows. */
export function toModelMetadata(id: string, status: ModelStatus | undefined, signature: Signature) {
  const ready = status?.versions.filter(({ state }) => state === 'ready') ?? [];
  return {
    name: id,
    versions: ready.map((each) => each.version),
    platform: 'onnxruntime_onnx',
    inputs: signature.inputs.map(toTensorMetadata),
    outputs: signature.outputs.map(toTensorMetadata),
  };
}

function toTensorMetadata({ name, dtype, dims }: TensorSpec) {
  return { name, datatype: datatypeOf[dtype], shape: dims.map((length) => length ?? -1) };
}

const stateOf = { ready: 'READY', loading: 'LOADING', failed: 'UNAVAILABLE' } as const;

/** Every version of every model. @see Triton, "Model Repository Extension", "Index" */
export function toIndex(models: readonly ModelStatus[], { onlyReady }: { readonly onlyReady: boolean }) {
  return models.flatMap(({ id, versions }) =>
    versions
      .filter(({ state }) => state === 'ready' || !onlyReady)
      .map(({ version, state, reason = '' }) => ({ name: id, version, state: stateOf[state], reason })),
  );
}
