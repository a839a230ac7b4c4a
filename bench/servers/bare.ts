// The least that can stand between HTTP and a model: requests are received and thrown away, the model runs on a tensor of its
// own on a thread of each of two processes, in batches of what waits. Nothing is read, copied, hashed, checked or recorded:
// what no server on Node.js can be faster than.
import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { stackTensors } from '@oriel/schemas';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { giveWayToEventLoops } from '../../packages/server/src/give-way.ts';
import { findModel } from '../support/open-model.ts';

const model = process.env.MODEL ?? 'mobilenet';
if (!isMainThread) await runBatches();
else if (cluster.isPrimary) {
  for (let i = 0; i < 2; i++) cluster.fork();
  process.on('SIGTERM', () => process.exit(0));
} else await serve();

async function serve(): Promise<void> {
  const { pipeline } = await findModel(model);
  const { batchSizeMax } = pipeline.batching;
  const worker = new Worker(new URL(import.meta.url));
  await once(worker, 'message');
  const waiting: ServerResponse[] = [];
  let running: ServerResponse[] = [];
  const run = () => {
    if (running.length > 0 || waiting.length === 0) return;
    running = waiting.splice(0, batchSizeMax);
    worker.postMessage(running.length);
  };
  worker.on('message', () => {
    for (const response of running) response.end('{"output":{}}');
    running = [];
    run();
  });
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.method === 'GET') return response.end('{"status":"ready"}');
      waiting.push(response);
      run();
    });
  });
  server.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
}

async function runBatches(): Promise<void> {
  giveWayToEventLoops();
  const { contract, pipeline, file } = await findModel(model);
  const session = await InferenceSession.create(fileURLToPath(file), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const item = await pipeline.preprocess(contract.input.parse(contract.examples[0].input));
  const batches = Array.from({ length: pipeline.batching.batchSizeMax }, (_, index) =>
    Object.fromEntries(
      Object.entries(stackTensors(new Array<typeof item>(index + 1).fill(item))).map(([name, tensor]) => [
        name,
        // the constructor's overloads want dtype and data narrowed together, which a union cannot
        new Tensor(tensor.dtype as 'float32', tensor.data as Float32Array, tensor.dims),
      ]),
    ),
  );
  const run = async (count: number) => {
    await session.run(batches[count - 1] ?? {});
    parentPort?.postMessage(null);
  };
  parentPort?.on('message', (count: number) => void run(count));
  parentPort?.postMessage(null);
}
