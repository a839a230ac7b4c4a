import type { TensorSpec, Tensors } from '@oriel/schemas';
import { env, type InferenceSession } from 'onnxruntime-node';
import { fromOrtOutputs, toOrtFeeds } from './ort-tensors.ts';

interface Ends {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

export interface SyncSession {
  /** Runs a batch of so many rows. Blocks for as long as it takes. */
  run(batch: Tensors, rows: number): Tensors;
}

/**
 * A session whose `run` answers when it returns. The public one waits a turn of the event loop before it runs, and
 * resolves in another: for a model of ten microseconds that is half of the time. Below it lies the native session,
 * which runs at once; the package's own wrapper is nothing but a `setImmediate` around it.
 *
 * @throws Error when the file cannot be loaded, or when the package has no such native session any more
 */
export async function openSyncSession(
  modelPath: string,
  options: InferenceSession.SessionOptions,
  { inputs, outputs }: Ends,
): Promise<SyncSession> {
  env.logLevel = 'fatal';
  const { binding, initOrt } = await import('onnxruntime-node/dist/binding.js');
  initOrt();
  const native = new binding.InferenceSession();
  native.loadModel(modelPath, options);
  const fetches = Object.fromEntries(outputs.map(({ name }) => [name, null]));
  return {
    run: (batch, rows) =>
      fromOrtOutputs(outputs, toOrtOutputs(native.run(toOrtFeeds(inputs, batch), fetches, {})), rows),
  };

  /** What the native session gives are tensors of the package already. */
  function toOrtOutputs(given: ReturnType<typeof native.run>) {
    return given as Parameters<typeof fromOrtOutputs>[1];
  }
}
