/**
 * A request body that differs for each number, so that no cache can answer: four digits of the number stand between
 * the first and the second part, four between the second and the third.
 */
export interface Payload {
  readonly contentType: string;
  readonly parts: readonly [Buffer, Buffer, Buffer];
}

/** How many different bodies there are. */
export const bodyCount = 100_000_000;

/** JSON text whose two places `####` take the digits of the number. */
export function jsonPayload(text: string): Payload {
  const [first = '', second = '', third = ''] = text.split('####');
  return {
    contentType: 'application/json',
    parts: [Buffer.from(first), Buffer.from(second), Buffer.from(third)],
  };
}

/** Bytes; the digits come before `after`. */
export function bytesPayload(contentType: string, before: Buffer, after: Buffer): Payload {
  return { contentType, parts: [before, Buffer.alloc(0), after] };
}

/** The same bytes that the load generator sends for that number. */
export function bodyOf({ parts: [first, second, third] }: Payload, number: number): Buffer {
  const digits = String(number % bodyCount).padStart(8, '0');
  return Buffer.concat([first, Buffer.from(digits.slice(0, 4)), second, Buffer.from(digits.slice(4)), third]);
}

/** The same for tRPC, whose inputs are wrapped. */
export function forTrpc({ contentType, parts: [first, second, third] }: Payload): Payload {
  return {
    contentType,
    parts: [
      Buffer.concat([Buffer.from('{"json":'), first]),
      second,
      Buffer.concat([third, Buffer.from('}')]),
    ],
  };
}
