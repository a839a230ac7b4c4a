import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Tensor as OurTensor, sliceRows, stackTensors, type Tensors } from '@oriel/schemas';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { findModel } from './open-model.ts';
import { type Bird, makeBirds } from './penguin-rows.ts';

interface LoopTask {
  readonly rows: number;
  readonly batchSize: number;
}

/**
 * Rows a second of what somebody would write in an afternoon: all rows in memory, the model's own preparation, the
 * runtime's public API, batch after batch in one thread; nothing is validated, and nothing is written.
 */
export async function measurePlainLoop(task: LoopTask): Promise<number> {
  // a process' own main thread would do the same; here it leaves nothing behind for the next measurement
  const worker = new Worker(new URL(import.meta.url), { workerData: task });
  const [rowsPerSecond] = (await once(worker, 'message')) as [number];
  await worker.terminate();
  return rowsPerSecond;
}

if (!isMainThread && parentPort) parentPort.postMessage(await runLoop(workerData as LoopTask));

async function runLoop({ rows, batchSize }: LoopTask): Promise<number> {
  const { pipeline, file } = await findModel('penguins');
  const session = await InferenceSession.create(fileURLToPath(file), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const birds = [...makeBirds(rows)];
  const score = async (some: readonly Bird[]) => {
    const items = some.map((bird) => pipeline.preprocess(bird) as Tensors);
    const answers = sliceRows(toTensors(await session.run(toFeeds(stackTensors(items)))), items.length);
    return answers.map((answer) => pipeline.postprocess(answer));
  };
  for (let start = 0; start < Math.min(rows, 20_000); start += batchSize)
    await score(birds.slice(start, start + batchSize));
  const startedAt = performance.now();
  const outputs: unknown[] = [];
  for (let start = 0; start < rows; start += batchSize)
    outputs.push(...(await score(birds.slice(start, start + batchSize))));
  return (1000 * outputs.length) / (performance.now() - startedAt);
}

function toFeeds(batch: Tensors): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(batch).map(([name, { dtype, data, dims }]) => [
      name,
      // the constructor's overloads want dtype and data narrowed together, which a union cannot
      new Tensor(dtype as 'float32', data as Float32Array, dims),
    ]),
  );
}

function toTensors(outputs: InferenceSession.ReturnType): Tensors {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { type, dims, data }]) => [
      name,
      { dtype: type, dims, data } as OurTensor,
    ]),
  );
}
