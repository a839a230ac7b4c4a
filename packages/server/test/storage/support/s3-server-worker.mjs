// An S3 server on a thread of its own: its memory and its work are not those of the tests.
import crypto from 'node:crypto';
import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import S3rver from 's3rver';

// it hides its place in a list with DES, which today's OpenSSL has no more
for (const name of ['createCipheriv', 'createDecipheriv']) {
  const original = crypto[name];
  const twice = (bytes) => Buffer.concat([bytes, bytes]);
  crypto[name] = (algorithm, key, iv, ...rest) =>
    algorithm === 'des'
      ? original('aes-128-cbc', twice(key), twice(iv), ...rest)
      : original(algorithm, key, iv, ...rest);
}

const { directory, bucket } = workerData;
const server = new S3rver({ directory, silent: true, configureBuckets: [{ name: bucket }] });
await server.configureBuckets();
const handle = server.callback();

// of S3, each request happens at one moment; of this server, writing and deleting a key at once ends the process
let changed = Promise.resolve();
let reading = [];
const web = createServer((request, response) => {
  const done = new Promise((resolve) => response.once('close', resolve));
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  const turn = isReading ? changed : Promise.all([changed, ...reading]);
  if (isReading) reading.push(done);
  else {
    reading = [];
    changed = turn.then(() => done);
  }
  void turn.then(() => handle(request, response));
}).listen(0, '127.0.0.1', () => parentPort?.postMessage(web.address().port));
