import { readFile } from 'node:fs/promises';

/**
 * Reads each model's `model-card.md`. A model without one has none to show; that is no error.
 *
 * @param modelsFolder - folder that holds one folder per model
 */
export async function readModelCards(
  modelsFolder: URL,
  ids: readonly string[],
): Promise<Record<string, string>> {
  const cards = await Promise.all(
    ids.map(
      async (id) =>
        [id, await readFile(new URL(`${id}/model-card.md`, modelsFolder), 'utf8').catch(() => null)] as const,
    ),
  );
  return Object.fromEntries(cards.filter((entry): entry is readonly [string, string] => entry[1] !== null));
}
