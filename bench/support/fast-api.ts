import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Side } from './compare.ts';
import { fastApi } from './sides.ts';

/** FastAPI as a side, or none, with a line that says what is missing. */
export async function fastApiIfThere(model: string): Promise<Side[]> {
  const modules = 'fastapi, uvicorn, pydantic, numpy, onnxruntime, PIL';
  try {
    await promisify(execFile)('python3', ['-c', `import ${modules}`]);
    return [await fastApi(model)];
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
    console.log(`FastAPI is left out (${reason}); to compare with it, python3 needs: ${modules}.`);
    return [];
  }
}
