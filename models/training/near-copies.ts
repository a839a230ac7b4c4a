/** Hashes a text is reduced to; two texts share one in proportion to how alike they are. */
const signatureLength = 48;
/** So many hashes in a row must agree for two texts to count as copies: with 4, about 60 % of their word runs. */
const bandLength = 4;
/** Words in a run. */
const runLength = 3;

/**
 * Finds texts that are copies of each other but for small changes.
 *
 * @param texts - each as its words in order
 * @returns for each text the index of the first text that it is a copy of, its own if there is none before
 * @see Broder, "On the resemblance and containment of documents", 1997 (MinHash)
 */
export function firstCopyOf(texts: readonly (readonly string[])[]): number[] {
  const sets = createSets(texts.length);
  const firstWithBand = new Map<string, number>();
  for (const [index, words] of texts.entries()) {
    for (const band of bandsOf(words)) {
      const first = firstWithBand.get(band);
      if (first === undefined) firstWithBand.set(band, index);
      else sets.join(first, index);
    }
  }
  return texts.map((_, index) => sets.find(index));
}

/** Disjoint sets of the numbers below `count`, each named by its smallest member. */
export function createSets(count: number) {
  const parent = Int32Array.from({ length: count }, (_, index) => index);
  function find(index: number): number {
    let root = index;
    while (parent[root] !== root) root = parent[root] ?? root;
    return root;
  }
  return {
    find,
    join(one: number, other: number): void {
      const [a, b] = [find(one), find(other)];
      parent[Math.max(a, b)] = Math.min(a, b);
    },
  };
}

function bandsOf(words: readonly string[]): string[] {
  const signature = new Uint32Array(signatureLength).fill(0xffffffff);
  for (let start = 0; start < Math.max(1, words.length - runLength + 1); start++) {
    const run = hash(words.slice(start, start + runLength).join(' '));
    for (let i = 0; i < signatureLength; i++) {
      // one hash made many by odd multipliers
      const mixed = Math.imul(run ^ (run >>> 15), 2 * i * 0x9e3779b1 + 0x85ebca6b) >>> 0;
      if (mixed < (signature[i] ?? 0)) signature[i] = mixed;
    }
  }
  return Array.from({ length: signatureLength / bandLength }, (_, band) => {
    return `${band}:${signature.subarray(band * bandLength, (band + 1) * bandLength).join()}`;
  });
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
