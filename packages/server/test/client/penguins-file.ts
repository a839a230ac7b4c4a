import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type NodeClient } from '@oriel/client/node';
import { createMember } from '../jobs/support.ts';
import type { TestApp } from '../support/test-app.ts';

const islands = ['Biscoe', 'Dream', 'Torgersen'];
const header = 'bird,island,culmen_length_mm,culmen_depth_mm,flipper_length_mm,weight,sex';

/** Rows of a CSV that people would bring: columns named otherwise than the model's fields, and cells without a value. */
export function penguinsCsv(count: number): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const sex = ['male', 'female', ''][i % 3];
    return `${i},${islands[i % 3]},${35 + (i % 20)},${15 + (i % 5)},${180 + (i % 40)},${3500 + (i % 2000)},${sex}`;
  });
  return `${[header, ...lines].join('\n')}\n`;
}

/** Says that the column `weight` is the body mass, which its name does not. */
export const mapping = {
  island: 'island',
  culmenLengthMm: 'culmen_length_mm',
  culmenDepthMm: 'culmen_depth_mm',
  flipperLengthMm: 'flipper_length_mm',
  bodyMassG: 'weight',
  sex: 'sex',
};

/** A program of a person with an account: its client, its key, and a folder of its own. */
export async function openProgram(app: TestApp): Promise<{
  readonly client: NodeClient;
  readonly apiKey: string;
  readonly folder: string;
  writeCsv(name: string, text: string): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}> {
  const member = await createMember(app);
  const apiKey = member.headers.authorization.replace('Bearer ', '');
  const folder = await mkdtemp(join(tmpdir(), 'oriel-program-'));
  return {
    client: createClient({ url: app.url, auth: { apiKey } }),
    apiKey,
    folder,
    async writeCsv(name, text) {
      const path = join(folder, name);
      await writeFile(path, text);
      return path;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
