import { imageSides, imageTypeOf } from '@oriel/schemas';

export interface ImageHeader {
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
}

/** What an image file says of itself, without decoding it; null when it is no PNG, JPEG, WebP, GIF or BMP, or broken. */
export function readImageHeader(bytes: Uint8Array<ArrayBuffer>): ImageHeader | null {
  const mediaType = imageTypeOf(bytes);
  if (mediaType === null) return readGif(bytes) ?? readBmp(bytes);
  const sides = imageSides(bytes);
  return sides && { mediaType, width: sides[0], height: sides[1] };
}

/** @see GIF89a specification, section 18, "Logical Screen Descriptor" */
function readGif(bytes: Uint8Array<ArrayBuffer>): ImageHeader | null {
  if (bytes.length < 10 || !/^GIF8[79]a$/.test(latin1(bytes, 6))) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { mediaType: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** With the header of Windows 3 and later; a negative height means that the rows come top down. */
function readBmp(bytes: Uint8Array<ArrayBuffer>): ImageHeader | null {
  if (bytes.length < 26 || latin1(bytes, 2) !== 'BM') return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (view.getUint32(14, true) < 40) return null;
  const height = Math.abs(view.getInt32(22, true));
  return { mediaType: 'image/bmp', width: Math.abs(view.getInt32(18, true)), height };
}

function latin1(bytes: Uint8Array, length: number): string {
  return String.fromCharCode(...bytes.subarray(0, length));
}
