/** One field of a protobuf message, already encoded with its tag. Fields are concatenated to a message. */
export type Field = Uint8Array;

const utf8 = new TextEncoder();

/** A whole number field (int32, int64, enum). Negative numbers take ten bytes, as the format says. */
export function intField(number: number, value: number | bigint): Field {
  return concat([varint(BigInt(number) << 3n), varint(BigInt.asUintN(64, BigInt(value)))]);
}

/** A 32-bit float field. */
export function floatField(number: number, value: number): Field {
  return concat([varint((BigInt(number) << 3n) | 5n), new Uint8Array(new Float32Array([value]).buffer)]);
}

/** A field of text, bytes, or a nested message. */
export function bytesField(number: number, value: string | Uint8Array): Field {
  const bytes = typeof value === 'string' ? utf8.encode(value) : value;
  return concat([varint((BigInt(number) << 3n) | 2n), varint(BigInt(bytes.length)), bytes]);
}

/** A nested message of the given fields. */
export function messageField(number: number, fields: readonly Field[]): Field {
  return bytesField(number, concat(fields));
}

/** Puts byte arrays one after another. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Base-128, least significant group first; all bytes but the last have their top bit set. */
function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
