import { realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, sep } from 'node:path';
import { readExternalLocations } from './onnx-external-data.ts';

/**
 * Checks the files that an ONNX file keeps its weights in: they must lie in its own folder, also after following
 * links, so that no model reads what it is not meant to.
 *
 * @returns their bytes, together
 * @throws Error with a reason for whoever runs the server
 */
export async function checkExternalFiles(modelPath: string): Promise<number> {
  const folder = dirname(modelPath);
  let sizeBytes = 0;
  for (const location of readExternalLocations(modelPath)) {
    if (location === '' || isAbsolute(location) || location.split(/[/\\]/).includes('..'))
      throw new Error(`model.onnx keeps weights in "${location}", which is outside of its folder`);
    const found = await stat(join(folder, location)).catch(() => null);
    if (!found?.isFile())
      throw new Error(`model.onnx keeps weights in "${location}", and there is no such file in its folder`);
    const real = await realpath(join(folder, location));
    if (!real.startsWith((await realpath(folder)) + sep))
      throw new Error(`model.onnx keeps weights in "${location}", a link that leads out of its folder`);
    sizeBytes += found.size;
  }
  return sizeBytes;
}
