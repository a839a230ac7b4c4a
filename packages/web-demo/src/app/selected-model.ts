import { useHash } from '../lib/hash.ts';

const prefix = '#/models/';

/** The id of the model that the URL names, so that a model can be linked to, reloaded and gone back to. */
export function useSelectedModelId(): [string | null, (id: string) => void] {
  const hash = useHash();
  const id = hash.startsWith(prefix) ? decode(hash.slice(prefix.length)) : null;
  return [id || null, select];
}

/** As it is where it is not well encoded: then there is no such model, which is said. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function select(id: string): void {
  window.location.hash = `${prefix}${encodeURIComponent(id)}`;
}
