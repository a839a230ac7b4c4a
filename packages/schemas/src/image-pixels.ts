/**
 * How many pixels an image file says it has, without decoding it: a small file can decode to gigabytes. Null when it
 * does not say, as a broken one; the decoder then refuses it. What it says is not proven: decoders need a limit too.
 */
export function imagePixels(bytes: Uint8Array<ArrayBuffer>): number | null {
  const sides = imageSides(bytes);
  return sides && sides[0] * sides[1];
}

type Sides = readonly [width: number, height: number];

/** Width and height that an image file says it has; null as above. */
export function imageSides(bytes: Uint8Array<ArrayBuffer>): Sides | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return sidesOf(view);
  } catch (error) {
    // a look past the end: the file is cut off
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function sidesOf(view: DataView): Sides | null {
  const start = view.getUint32(0);
  if (start === 0x89504e47) return [view.getUint32(16), view.getUint32(20)];
  if (start >>> 8 === 0xffd8ff) return sidesOfJpeg(view);
  if (start === 0x52494646) return sidesOfWebp(view);
  return null;
}

/** @see ITU-T T.81, section B.2.2, "Frame header syntax" */
function sidesOfJpeg(view: DataView): Sides | null {
  for (let at = 2; view.getUint8(at) === 0xff; ) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    // the scan begins: a frame would have come before it
    if (marker === 0xda) return null;
    // any number of 0xff may stand before a marker
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return null;
}

/** @see RFC 9649, "WebP Image Format", sections 2.5 to 2.7 */
function sidesOfWebp(view: DataView): Sides | null {
  const chunk = view.getUint32(12);
  if (chunk === 0x56503820) return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
  if (chunk === 0x5650384c) {
    const bits = view.getUint32(21, true);
    return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
  }
  if (chunk !== 0x56503858) return null;
  const width = (view.getUint32(24, true) & 0xffffff) + 1;
  // three bytes at the end of the chunk, read from one byte before them
  return [width, (view.getUint32(26, true) >>> 8) + 1];
}
