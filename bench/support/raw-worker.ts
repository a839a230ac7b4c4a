import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { stackTensors } from '@oriel/schemas';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { findModel } from './open-model.ts';
import type { RawRun, RawTask } from './raw.ts';

const { model, batchSize, seconds } = workerData as RawTask;
const { contract, pipeline, file } = await findModel(model);
const session = await InferenceSession.create(fileURLToPath(file), {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});
const item = await pipeline.preprocess(contract.input.parse(contract.examples[0].input));
const feeds = Object.fromEntries(
  Object.entries(stackTensors(new Array<typeof item>(batchSize).fill(item))).map(([name, tensor]) => [
    name,
    // the constructor's overloads want dtype and data narrowed together, which a union cannot
    new Tensor(tensor.dtype as 'float32', tensor.data as Float32Array, tensor.dims),
  ]),
);

await runFor(0.3);
parentPort?.postMessage(await runFor(seconds));

async function runFor(seconds: number): Promise<RawRun> {
  const startedAt = performance.now();
  const before = process.threadCpuUsage();
  let items = 0;
  while (performance.now() - startedAt < seconds * 1000) {
    await session.run(feeds);
    items += batchSize;
  }
  const { user, system } = process.threadCpuUsage(before);
  const itemsPerSecond = (items * 1000) / (performance.now() - startedAt);
  return { itemsPerSecond, cpuMs: (user + system) / 1000 };
}
