import * as microModels from './micro-models/registry.ts';
import type { tinyMishaps } from './micro-models/tiny/contract.ts';
import { startTestEngine } from './test-engine.ts';

const folder = new URL('./micro-models/', import.meta.url);

export interface TinyInput {
  readonly value: number;
  readonly mishap?: (typeof tinyMishaps)[number];
  readonly busyMs?: number;
}

/** A started engine that serves one micro model, and what it did with it. */
export async function startMicroEngine(overrides: Parameters<typeof startTestEngine>[0] = {}) {
  const engine = await startTestEngine({
    models: microModels,
    registry: new URL('registry.ts', folder),
    modelsFolder: folder,
    threads: 1,
    ...overrides,
  });
  const tiny = (input: TinyInput, rest: object = {}) => engine.predict({ model: 'tiny', input, ...rest });
  const ways = () => engine.told.batches.map(({ way }) => way);
  const said = (message: RegExp) => engine.told.logs.filter((log) => message.test(log.message));
  return { ...engine, tiny, ways, said };
}
