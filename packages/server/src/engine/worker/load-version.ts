import type { AnyContract, AnyPipeline } from '@oriel/schemas';
import { env, InferenceSession } from 'onnxruntime-node';
import { checkSignature, type OnnxTensorInfo } from './check-signature.ts';
import { describeIssues } from './describe-issues.ts';
import type { ThreadData, VersionFile } from './protocol.ts';
import { type LoadedVersion, runBatch } from './run-batch.ts';
import type { SessionGate } from './session-gate.ts';
import { openSyncSession, type SyncSession } from './sync-session.ts';

/**
 * Opens one version on this thread and shows that it works: the file fits the pipeline, and every example of the
 * contract is answered, alone and in a batch. The first run of a session is slow, so this is the warm-up as well.
 *
 * @throws Error with a reason for whoever runs the server
 */
export async function loadVersion(
  file: VersionFile,
  data: ThreadData,
  gate: SessionGate,
): Promise<LoadedVersion> {
  const contract = await importContract(file.model, data.registry);
  const pipeline = await importPipeline(file.model, data.modelsFolder);
  const session = await openSession(file.modelPath, pipeline, gate);
  const differences = checkSignature(pipeline, signatureOf(session));
  if (differences.length > 0) throw new Error(differences.join('; '));
  const syncSession = pipeline.batching.micro ? await openAgain(file.modelPath, pipeline, gate) : null;
  const version = { contract, pipeline, session, syncSession, gate, heapMb: data.heapMb };
  await warmUp(version);
  return version;
}

/** @throws Error when the registry does not export the model's contract */
export async function importContract(model: string, registry: string): Promise<AnyContract> {
  const contracts: Record<string, AnyContract | undefined> = await import(registry);
  const contract = Object.values(contracts).find((candidate) => candidate?.id === model);
  if (!contract) throw new Error(`the registry exports no contract with the id "${model}"`);
  return contract;
}

/** @throws Error when the model has no pipeline, or one whose batch size is no size */
export async function importPipeline(model: string, modelsFolder: string): Promise<AnyPipeline> {
  const { pipeline }: { pipeline?: AnyPipeline } = await import(
    new URL(`${model}/pipeline.ts`, modelsFolder).href
  );
  if (!pipeline) throw new Error(`${model}/pipeline.ts exports no "pipeline"`);
  const { batchSizeMax } = pipeline.batching;
  if (!Number.isInteger(batchSizeMax) || batchSizeMax < 1) {
    throw new Error(
      `batching.batchSizeMax of the pipeline is ${batchSizeMax}; it must be a whole number from 1`,
    );
  }
  return pipeline;
}

/** What fails is thrown as well: ONNX Runtime's own lines would say it twice, and past the logger. */
const onlyFatal = 4;

/** One core a session: the pool scales by threads, and threads inside a session would only fight over the cores. */
export function sessionOptionsOf({ session }: AnyPipeline): InferenceSession.SessionOptions {
  return {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: onlyFatal,
    ...(session?.sharedWeights && { extra: { session: { disable_prepacking: '1' } } }),
  };
}

async function openSession(
  modelPath: string,
  pipeline: AnyPipeline,
  gate: SessionGate,
): Promise<InferenceSession> {
  env.logLevel = 'fatal';
  gate.enter();
  return InferenceSession.create(modelPath, sessionOptionsOf(pipeline)).finally(() => gate.leave());
}

/** A second session of a model that is small: one whose runs need no promise. */
async function openAgain(
  modelPath: string,
  pipeline: AnyPipeline,
  gate: SessionGate,
): Promise<SyncSession | null> {
  gate.enter();
  try {
    return await openSyncSession(modelPath, sessionOptionsOf(pipeline), pipeline);
  } catch {
    return null; // the public one does as well, only slower
  } finally {
    gate.leave();
  }
}

function signatureOf({ inputMetadata, outputMetadata }: InferenceSession) {
  const toInfo = (meta: InferenceSession.ValueMetadata): OnnxTensorInfo =>
    meta.isTensor
      ? { name: meta.name, dtype: meta.type, dims: meta.shape }
      : { name: meta.name, dtype: 'no tensor', dims: [] };
  return { inputs: inputMetadata.map(toInfo), outputs: outputMetadata.map(toInfo) };
}

async function warmUp(version: LoadedVersion): Promise<void> {
  const { examples } = version.contract;
  const inputs = parseExamples(version.contract);
  for (const [index, { title }] of examples.entries()) {
    await runExamples(version, [inputs[index]], `the example "${title}"`);
  }
  const { batchSizeMax } = version.pipeline.batching;
  if (batchSizeMax > 1)
    await runExamples(version, [inputs[0], ...inputs].slice(0, batchSizeMax), 'a batch of the examples');
}

/** The inputs of the contract's examples. @throws Error when the contract refuses one of them */
export function parseExamples(contract: AnyContract): unknown[] {
  return contract.examples.map((example) => parseExample(contract, example));
}

function parseExample({ input }: AnyContract, example: AnyContract['examples'][number]): unknown {
  const parsed = input.safeParse(example.input);
  if (parsed.success) return parsed.data;
  throw new Error(`the contract refuses its own example "${example.title}": ${describeIssues(parsed.error)}`);
}

async function runExamples(version: LoadedVersion, inputs: readonly unknown[], name: string): Promise<void> {
  const [failure] = (await runBatch(version, inputs)).failures;
  if (failure)
    throw new Error(
      `${name} failed: ${failure.kind === 'failed' ? `${failure.stage}: ` : ''}${failure.message}`,
    );
}
