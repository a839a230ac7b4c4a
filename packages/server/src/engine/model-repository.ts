import { readdir, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export interface StoredVersion {
  readonly version: string;
  readonly modelPath: string;
  /** Null when the folder holds no model.onnx. */
  readonly sizeBytes: number | null;
}

/**
 * The versions of one model: the folders in `<modelsFolder>/<model>/` that are named by a whole number.
 *
 * @returns oldest first; empty when there are none, or no folder of that model
 */
export async function listVersions(modelsFolder: URL, model: string): Promise<StoredVersion[]> {
  const entries = await readdir(new URL(`${model}/`, modelsFolder), { withFileTypes: true }).catch(() => []);
  const versions = entries
    .filter((entry) => entry.isDirectory() && /^[1-9]\d*$/.test(entry.name))
    .map((entry) => entry.name)
    .toSorted((a, b) => Number(a) - Number(b));
  return Promise.all(
    versions.map((version) => readVersion(new URL(`${model}/${version}/model.onnx`, modelsFolder), version)),
  );
}

async function readVersion(file: URL, version: string): Promise<StoredVersion> {
  const found = await stat(file).catch(() => null);
  return { version, modelPath: fileURLToPath(file), sizeBytes: found?.isFile() ? found.size : null };
}
