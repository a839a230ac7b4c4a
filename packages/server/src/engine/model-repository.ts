import { readdir, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { checkExternalFiles } from './external-files.ts';

export interface StoredVersion {
  readonly version: string;
  readonly modelPath: string;
  /** With the files that its weights lie in. Null when the folder holds no model.onnx, or one that must not be loaded. */
  readonly sizeBytes: number | null;
  /** Why it must not be loaded. */
  readonly problem?: string;
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
  const modelPath = fileURLToPath(file);
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) return { version, modelPath, sizeBytes: null };
  try {
    return { version, modelPath, sizeBytes: found.size + (await checkExternalFiles(modelPath)) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { version, modelPath, sizeBytes: null, problem };
  }
}
