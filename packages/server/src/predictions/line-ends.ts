const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;

/**
 * A CSV whose lines end with CR alone, as programs for the Macs of old still write it, as one whose lines end with LF. The
 * first line end that is not in quotes tells which it is; one with other line ends comes as it is.
 */
export async function* withLineFeeds(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let ends: 'unknown' | 'CR' | 'others' = 'unknown';
  let isQuoted = false;
  /** A CR at the end of what came, of which only what follows can tell. */
  let held = Buffer.alloc(0);
  for await (const chunk of body) {
    if (ends === 'others') {
      yield chunk;
      continue;
    }
    // a copy: what is changed is ours
    const bytes = Buffer.concat([held, chunk]);
    held = Buffer.alloc(0);
    let end = bytes.length;
    for (let at = 0; at < end; at += 1) {
      const byte = bytes[at];
      if (byte === quote) isQuoted = !isQuoted;
      if (isQuoted || (byte !== carriageReturn && byte !== lineFeed)) continue;
      if (ends === 'unknown' && byte === carriageReturn && at + 1 === end) {
        held = Buffer.of(carriageReturn);
        end -= 1;
        break;
      }
      if (ends === 'unknown') ends = byte === carriageReturn && bytes[at + 1] !== lineFeed ? 'CR' : 'others';
      if (ends === 'others') break;
      bytes[at] = lineFeed;
    }
    if (end > 0) yield bytes.subarray(0, end);
  }
  if (held.length > 0) yield held;
}
