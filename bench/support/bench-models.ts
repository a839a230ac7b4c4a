import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { encodeEncoder } from '../models/encoder/graph.ts';
import { benchModelsFolder } from '../models/location.ts';
import { encodeMobilenet } from '../models/mobilenet/graph.ts';
import { encodePixels } from '../models/pixels/graph.ts';

const encoders = {
  pixels: encodePixels,
  mobilenet: encodeMobilenet,
  photo: encodeMobilenet,
  encoder: encodeEncoder,
} as const;

/** Writes the ONNX files that are not there; the same bytes on every machine. */
export async function makeBenchModels({ anew = false } = {}): Promise<void> {
  for (const [name, encode] of Object.entries(encoders)) {
    const file = new URL(`${name}/1/model.onnx`, benchModelsFolder);
    if (existsSync(file) && !anew) continue;
    const bytes = encode();
    await mkdir(new URL('./', file), { recursive: true });
    // renamed when whole, so that an interrupted run leaves no half a file that looks like one
    const unfinished = new URL(`model.onnx.${process.pid}`, file);
    await writeFile(unfinished, bytes);
    await rename(unfinished, file);
    console.log(`${name}: ${(bytes.length / 1e6).toFixed(1)} MB, random weights`);
  }
}
