import { describe, expect, test } from 'vitest';
import { createWireExchangeReader } from './wire-exchange-reader.ts';

const startup = Buffer.concat([uint32(8), uint32(196608)]);
const statement = [message('P', 'select $1'), message('B', 'x'.repeat(300)), message('E', '')];
const whole = Buffer.concat([...statement, message('S', '')]);

describe('the reader of wire exchanges', () => {
  test('keeps Parse, Bind, Execute and Sync of one statement together', () => {
    const reader = startedReader();
    for (const part of statement) expect(reader.push(part)).toEqual([]);
    expect(reader.push(message('S', ''))).toEqual([{ kind: 'query', bytes: whole, isOpen: false }]);
  });

  test('gives the same exchanges whatever the packets were', () => {
    const stream = Buffer.concat([startup, whole, message('Q', 'select 1'), message('X', '')]);
    for (const packetSizeBytes of [1, 2, 7, 64, 301, stream.length]) {
      const reader = createWireExchangeReader();
      const exchanges = toPackets(stream, packetSizeBytes).flatMap((packet) => reader.push(packet));
      expect(exchanges.map(({ kind }) => kind)).toEqual(['startup', 'query', 'query', 'terminate']);
      expect(Buffer.concat(exchanges.map(({ bytes }) => bytes))).toEqual(stream);
    }
  });

  test('ends an exchange at Flush but says that it goes on', () => {
    const reader = startedReader();
    expect(reader.push(Buffer.concat([message('P', 'select 1'), message('H', '')]))).toMatchObject([
      { isOpen: true },
    ]);
    expect(reader.push(message('S', ''))).toMatchObject([{ isOpen: false }]);
  });

  test('knows the requests that may come before the session is open', () => {
    const reader = createWireExchangeReader();
    expect(reader.push(Buffer.concat([uint32(8), uint32(80877103)]))).toMatchObject([{ kind: 'encryption' }]);
    expect(reader.push(startup)).toMatchObject([{ kind: 'startup' }]);

    const cancel = Buffer.concat([uint32(16), uint32(80877102), uint32(1), uint32(2)]);
    expect(createWireExchangeReader().push(cancel)).toMatchObject([{ kind: 'cancel' }]);
  });

  test('refuses a stream that is not PostgreSQL', () => {
    expect(() => createWireExchangeReader().push(Buffer.from('GET / HTTP/1.1\r\n'))).toThrow(
      /another protocol/,
    );
  });
});

function startedReader() {
  const reader = createWireExchangeReader();
  reader.push(startup);
  return reader;
}

function message(type: string, content: string): Buffer {
  return Buffer.concat([Buffer.from(type), uint32(4 + content.length), Buffer.from(content)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function toPackets(stream: Buffer, sizeBytes: number): Buffer[] {
  const count = Math.ceil(stream.length / sizeBytes);
  return Array.from({ length: count }, (_, i) => stream.subarray(i * sizeBytes, (i + 1) * sizeBytes));
}
