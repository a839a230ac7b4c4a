import type { TensorSpec } from '@oriel/schemas';
import type { Slice } from './bulk/slice.ts';
import { modelNotFound, modelNotReady, versionNotFound } from './engine-errors.ts';
import type { ModelStatus, VersionState } from './engine-types.ts';
import type { Flight } from './flight.ts';
import { KnownShare } from './known-share.ts';
import type { Lane } from './lane.ts';
import { listVersions } from './model-repository.ts';
import type { LoadedReply, VersionFile } from './worker/protocol.ts';

/** A version with all that is known of it; it changes while the engine starts. */
interface CatalogVersion {
  readonly file: VersionFile;
  readonly sizeBytes: number;
  state: VersionState;
  reason: string | undefined;
  inputs: readonly TensorSpec[];
  outputs: readonly TensorSpec[];
  lane: Lane<Flight | Slice> | undefined;
  readonly known: KnownShare;
}

export interface ReadyVersion extends CatalogVersion {
  lane: Lane<Flight | Slice>;
}

interface CatalogModel {
  readonly id: string;
  readonly versions: CatalogVersion[];
  batchSizeMax: number;
}

/** Which models and versions there are, and how each of them is. */
export function createModelCatalog(ids: readonly string[], modelsFolder: URL) {
  const models = new Map<string, CatalogModel>(ids.map((id) => [id, { id, versions: [], batchSizeMax: 1 }]));
  const versions = new Map<string, CatalogVersion>();

  return { scan, findReady, getReady, listFiles, markLoaded, markFailed, finishLoading, list };

  /** Reads the model repository. */
  async function scan(): Promise<void> {
    for (const model of models.values()) {
      for (const { version, modelPath, sizeBytes, problem } of await listVersions(modelsFolder, model.id)) {
        const key = `${model.id}@${version}`;
        const file = { key, model: model.id, version, modelPath };
        const entry: CatalogVersion = {
          file,
          sizeBytes: sizeBytes ?? 0,
          inputs: [],
          outputs: [],
          lane: undefined,
          known: new KnownShare(),
          state: sizeBytes === null ? 'failed' : 'loading',
          reason:
            sizeBytes === null
              ? `${key}: ${problem ?? `there is no file ${model.id}/${version}/model.onnx`}`
              : undefined,
        };
        model.versions.push(entry);
        versions.set(key, entry);
      }
    }
  }

  /** A version, the default one when none is named; null while it cannot be served. */
  function findReady(id: string, version?: string): ReadyVersion | null {
    const entry = version === undefined ? models.get(id)?.versions.at(-1) : versions.get(`${id}@${version}`);
    return entry && isReady(entry) ? entry : null;
  }

  /** @throws AppError MODEL_NOT_FOUND, MODEL_VERSION_NOT_FOUND, MODEL_NOT_READY */
  function getReady(id: string, version: string | undefined): ReadyVersion {
    const model = models.get(id);
    if (!model) throw modelNotFound(id, [...models.keys()]);
    const entry = version === undefined ? model.versions.at(-1) : versions.get(`${id}@${version}`);
    if (!entry && version !== undefined)
      throw versionNotFound(
        id,
        version,
        model.versions.map(({ file }) => file.version),
      );
    if (!entry) throw modelNotReady(`"${id}"`, `its folder holds no version such as ${id}/1/model.onnx.`);
    if (isReady(entry)) return entry;
    if (entry.state === 'loading')
      throw modelNotReady(entry.file.key, 'it is being loaded. Try again in a moment.', 1);
    throw modelNotReady(entry.file.key, entry.reason ?? 'it failed to load.');
  }

  /** The versions that a thread should load. */
  function listFiles(): VersionFile[] {
    return [...versions.values()].filter(({ state }) => state !== 'failed').map(({ file }) => file);
  }

  function markLoaded(
    { key, model }: VersionFile,
    reply: LoadedReply,
    openLane: () => Lane<Flight | Slice>,
  ): void {
    const entry = versions.get(key);
    const owner = models.get(model);
    if (!entry || !owner) return;
    owner.batchSizeMax = reply.batchSizeMax;
    entry.inputs = reply.inputs;
    entry.outputs = reply.outputs;
    entry.lane ??= openLane();
  }

  function markFailed({ key }: VersionFile, reason: string): void {
    const entry = versions.get(key);
    if (entry)
      Object.assign(entry, {
        state: 'failed',
        reason: `${key}: ${reason}`,
      } satisfies Partial<CatalogVersion>);
  }

  /** Ends the start: what no thread could load has failed, the rest is ready. */
  function finishLoading(): void {
    for (const entry of versions.values()) {
      if (entry.state !== 'loading') continue;
      if (entry.lane) entry.state = 'ready';
      else markFailed(entry.file, 'no thread could be started to load it');
    }
  }

  function list(): ModelStatus[] {
    return [...models.values()].map((model) => ({
      id: model.id,
      versions: model.versions.map(({ file, state, reason, inputs, outputs, sizeBytes }) => ({
        version: file.version,
        state,
        inputs,
        outputs,
        sizeBytes,
        ...(reason !== undefined && { reason }),
      })),
      defaultVersion: model.versions.at(-1)?.file.version ?? null,
      batchSizeMax: model.batchSizeMax,
    }));
  }
}

function isReady(entry: CatalogVersion): entry is ReadyVersion {
  return entry.state === 'ready' && entry.lane !== undefined;
}
