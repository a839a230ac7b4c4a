// How many penguins a second in calls of 1,000, as JSON that the contract reads and as tensors in bytes, compared with the
// bare runtime in batches of 32?
//   npm run bench -- predict-many [rounds] [seconds]
import { penguins } from '../models/penguins/contract.ts';
import { featureCount, toFeatures } from '../models/penguins/pipeline.ts';
import { isClose } from './support/check-answer.ts';
import { compare, readArguments, type Side } from './support/compare.ts';
import { measure, requireWrk } from './support/load.ts';
import { openModel } from './support/open-model.ts';
import { bodyOf, bytesPayload, jsonPayload, type Payload } from './support/payload.ts';
import { readCpuMs } from './support/process-tree.ts';
import { report, reportGoals } from './support/report.ts';
import { start } from './support/server.ts';
import { orielCommand, raw } from './support/sides.ts';

const { rounds, seconds } = readArguments({ rounds: 3, seconds: 3 });
await requireWrk();

const count = 1000;
const birds = Array.from({ length: count }, (_, i) => ({
  island: ['Biscoe', 'Dream', 'Torgersen'][i % 3],
  culmenLengthMm: 35 + (i % 200) / 10,
  culmenDepthMm: 14 + (i % 70) / 10,
  flipperLengthMm: 175 + (i % 50),
  bodyMassG: 3000 + i,
  sex: i % 2 ? 'male' : 'female',
}));

/** The weight of every bird ends with the number of the call, so that no bird is sent twice. */
function manyPayload() {
  const texts = birds.map((bird) => JSON.stringify(bird));
  const [first = '', ...others] = texts;
  const unlike = first.replace(/"bodyMassG":(\d+)/, '"bodyMassG":$1.1########');
  return jsonPayload(`{"inputs":[${unlike},${others.join()}]}`);
}

/** What the pipeline makes of all birds, once. The digits of the call are the bits of the first bird's first two numbers. */
function tensorPayload() {
  const data = new Uint8Array(
    Float32Array.from(birds.flatMap((bird) => [...toFeatures(penguins.input.parse(bird))])).buffer,
  );
  const input = { name: 'features', shape: [count, featureCount], datatype: 'FP32' };
  const json = Buffer.from(
    JSON.stringify({
      parameters: { binary_data_output: true },
      inputs: [{ ...input, parameters: { binary_data_size: data.byteLength } }],
    }),
  );
  return {
    headers: { 'inference-header-content-length': String(json.byteLength) },
    payload: bytesPayload('application/octet-stream', json, Buffer.from(data.subarray(8))),
  };
}

interface Way {
  readonly name: string;
  readonly path: string;
  readonly payload: Payload;
  readonly headers?: Readonly<Record<string, string>>;
  /** Asks once, and compares the answer. @throws Error when it is a wrong one */
  readonly check: (url: string) => Promise<void>;
}

function ours({ name, path, payload, headers = {}, check }: Way): Side {
  return {
    name,
    async open() {
      const server = await start({
        name: 'Oriel',
        command: orielCommand,
        env: { ORIEL_CACHE_ENTRIES_MAX: '0' },
      });
      const url = `${server.url}${path}`;
      await check(url);
      await measure({ url, payload, headers, connections: 2, seconds: 1 });
      return {
        async measure(connections, seconds) {
          const measured = await measure({ url, payload, headers, connections, seconds });
          return { ...measured, perSecond: measured.perSecond * count };
        },
        cpuMs: () => readCpuMs(server.pid),
        close: server.stop,
      };
    },
  };
}

/** Each answer must be what the runtime gives for that bird alone, in the order of the birds. */
async function checkMany(url: string): Promise<void> {
  const { predict } = await openModel('penguins');
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ inputs: birds }),
  });
  const { results }: { results: readonly { ok: boolean; output?: unknown }[] } = JSON.parse(
    await response.text(),
  );
  for (const [index, bird] of birds.entries()) {
    if (!isClose(results[index]?.output, await predict(bird)))
      throw new Error(`bird ${index}: wrong answer ${JSON.stringify(results[index])}`);
  }
}

const tensors = tensorPayload();

/** The same of each bird but the first, whose features are not a bird's. */
async function checkTensors(url: string): Promise<void> {
  const { predict } = await openModel('penguins');
  const { headers, payload } = tensors;
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': payload.contentType },
    body: new Uint8Array(bodyOf(payload, 0)),
  });
  const jsonBytes = Number(response.headers.get('inference-header-content-length'));
  const probabilities = new Float32Array((await response.arrayBuffer()).slice(jsonBytes));
  if (probabilities.length !== 3 * count)
    throw new Error(`${response.status}: ${probabilities.length} probabilities`);
  for (const [index, bird] of birds.entries()) {
    const [Adelie, Chinstrap, Gentoo] = probabilities.subarray(3 * index, 3 * index + 3);
    const expected = await predict(bird);
    // what it was given is its own pipeline's
    const given = (expected as { probabilities: unknown }).probabilities;
    if (index > 0 && !isClose({ Adelie, Chinstrap, Gentoo }, given))
      throw new Error(`bird ${index}: wrong probabilities ${[Adelie, Chinstrap, Gentoo].join()}`);
  }
}

const many = ours({
  name: 'Oriel, predict-many of 1,000, REST',
  path: '/api/v1/models/penguins/predict-many',
  payload: manyPayload(),
  check: checkMany,
});
const asTensor = ours({
  name: 'Oriel, 1,000 penguins as a binary tensor, Open Inference Protocol',
  path: '/v2/models/penguins/infer',
  ...tensors,
  check: checkTensors,
});
const limit = raw('penguins', 32);
const results = await compare({ sides: [limit, many, asTensor], connections: [1, 2], rounds, seconds });
const ofLimit = ({ name }: Side) =>
  results.rounds.map((of) => of(name, 2).perSecond / of(limit.name, 2).perSecond);
report(results, limit.name);
reportGoals([
  {
    text: 'predict-many, of the raw runtime in batches of 32',
    ratios: ofLimit(many),
    bound: ['>=', 0.5],
  },
  {
    text: 'a binary tensor of 1,000, of the raw runtime in batches of 32',
    ratios: ofLimit(asTensor),
    bound: ['>=', 0.5],
  },
]);
