/** Some lines of NDJSON, each with its line end. */
export interface LineChunk {
  readonly text: string;
  readonly lines: number;
}

interface ChunkBounds {
  readonly charsMax: number;
  readonly linesMax: number;
}

/** How long a line may wait for others to go with it. */
const lingerMs = 2;

/**
 * Inputs as lines of JSON, several at a time: as many as come together or soon after one another. An input is read when
 * the chunk before has been taken, so that a slow reader slows what it reads from.
 */
export async function* toLineChunks(
  inputs: AsyncIterable<unknown> | Iterable<unknown>,
  { charsMax, linesMax }: ChunkBounds,
): AsyncGenerator<LineChunk, void> {
  const iterator = iterate(inputs);
  let pending: ReturnType<typeof next> | null = null;
  let isOver = false;
  const next = async () => iterator.next();

  try {
    while (!isOver) {
      let text = '';
      let lines = 0;
      let late: Promise<null> | null = null;
      while (text.length < charsMax && lines < linesMax) {
        pending ??= next();
        const step = late === null ? await pending : await Promise.race([pending, late]);
        if (step === null) break;
        pending = null;
        if (step.done) {
          isOver = true;
          break;
        }
        text += `${JSON.stringify(step.value)}\n`;
        lines++;
        late ??= after(lingerMs);
      }
      if (lines > 0) yield { text, lines };
    }
  } finally {
    // also when the reader left: what is read from may have a file open
    if (!isOver) await iterator.return?.();
  }
}

/** @throws TypeError for what is no list: not all programs have their types checked */
function iterate(inputs: AsyncIterable<unknown> | Iterable<unknown>) {
  if (typeof inputs === 'object' && inputs !== null) {
    if (Symbol.asyncIterator in inputs) return inputs[Symbol.asyncIterator]();
    if (Symbol.iterator in inputs) return inputs[Symbol.iterator]();
  }
  throw new TypeError(
    'predictStream wants inputs that can be iterated, such as a list; `predict` takes one.',
  );
}

async function after(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, ms, null));
}
