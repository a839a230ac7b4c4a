import type { Tensors } from '@oriel/schemas';
import { importContract, importPipeline, parseExamples, sessionOptionsOf } from '../worker/load-version.ts';
import type { RunReply, ThreadData, VersionFile } from '../worker/protocol.ts';
import { openSyncSession } from '../worker/sync-session.ts';
import { itemMsMax, proveMicro } from './prove-micro.ts';
import { type InlineVersion, runInline } from './run-inline.ts';

/** A model that may run on the event loop. */
export interface InlineModel {
  /** What an item took when it was measured, alone and in a full batch. */
  readonly itemMs: number;
  readonly batchItemMs: number;
  readonly batchSizeMax: number;
  run(inputs: readonly unknown[]): RunReply;
  /** Runs a batch of so many rows as it is, without the pipeline. @throws what ONNX Runtime throws */
  runTensors(batch: Tensors, rows: number): Tensors;
}

/**
 * Loads a version on this thread and measures it. Its pipeline must have promised to be `micro`, and a worker thread
 * must have loaded it before, so that one that cannot be loaded does no harm here.
 *
 * @throws Error saying why the model must stay on the worker threads
 */
export async function openInlineModel(
  file: VersionFile,
  data: Pick<ThreadData, 'registry' | 'modelsFolder'>,
): Promise<InlineModel> {
  const contract = await importContract(file.model, data.registry);
  const pipeline = await importPipeline(file.model, data.modelsFolder);
  const session = await openSyncSession(file.modelPath, sessionOptionsOf(pipeline), pipeline);
  const version: InlineVersion = { contract, pipeline, session };
  const inputs = parseExamples(contract);
  const verdict = await proveMicro({
    examples: inputs.map((input) => () => runExamples(version, [input])),
    runBatch: (size) =>
      runExamples(
        version,
        Array.from({ length: size }, (_, index) => inputs[index % inputs.length]),
      ),
    batchSizeMax: pipeline.batching.batchSizeMax,
  });
  if (!verdict.isMicro) {
    throw new Error(`an example takes ${verdict.itemMs.toFixed(3)} ms of at most ${itemMsMax} ms`);
  }
  const { itemMs, batchItemMs, batchSizeMax } = verdict;
  return {
    itemMs,
    batchItemMs,
    batchSizeMax,
    run: (batch) => runInline(version, batch),
    runTensors: (batch, rows) => session.run(batch, rows),
  };
}

function runExamples(version: InlineVersion, inputs: readonly unknown[]): void {
  const [failure] = runInline(version, inputs).failures;
  if (failure) throw new Error(`an example failed: ${failure.message}`);
}
