import { z } from 'zod';
import { imagePixels } from './image-pixels.ts';

/** The bytes of an uploaded file on their way into a contract, where JSON would carry base64. Made by the server's doors only. */
export class UploadedMedia {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** Media types of images that can be told from their first bytes. */
export const imageTypes = ['image/png', 'image/jpeg', 'image/webp'] as const;
export type ImageType = (typeof imageTypes)[number];

/**
 * An encoded image. On the wire base64 in JSON, or the plain bytes of a body, form or stream; after validation the
 * bytes. Checks size, signature and the number of pixels that the file claims: whether it decodes at all is found out
 * on a worker thread.
 *
 * @param sizeBytesMax - largest encoded size accepted
 * @param pixelsMax - most pixels accepted; a pipeline that decodes must bound them too
 */
export function imageBytes({
  types = imageTypes,
  sizeBytesMax,
  pixelsMax = 16_000_000,
}: {
  types?: readonly ImageType[];
  sizeBytesMax: number;
  pixelsMax?: number;
}) {
  return (
    z
      .custom<string>((value) => typeof value === 'string' || value instanceof UploadedMedia, {
        error: 'must be the base64 text of an image file, or its bytes as an upload',
      })
      // on the schema of the wire side: that is the one JSON Schema describes
      .meta({ override: { type: 'string', contentEncoding: 'base64', contentMediaType: types.join(', ') } })
      .transform((value: string | UploadedMedia, ctx): Uint8Array<ArrayBuffer> => {
        const bytes =
          value instanceof UploadedMedia ? Uint8Array.from(value.bytes) : fromBase64(value, sizeBytesMax);
        const problem =
          bytes === null ? 'is not valid base64' : problemOf(bytes, { types, sizeBytesMax, pixelsMax });
        if (problem === null && bytes !== null) return bytes;
        ctx.addIssue({ code: 'custom', message: problem ?? 'is not valid base64' });
        return z.NEVER;
      })
  );
}

interface ImageLimits {
  readonly types: readonly ImageType[];
  readonly sizeBytesMax: number;
  readonly pixelsMax: number;
}

function problemOf(
  bytes: Uint8Array<ArrayBuffer>,
  { types, sizeBytesMax, pixelsMax }: ImageLimits,
): string | null {
  if (bytes.byteLength > sizeBytesMax)
    return `has ${bytes.byteLength} bytes; at most ${sizeBytesMax} are accepted`;
  const found = imageTypeOf(bytes);
  if (found === null || !types.includes(found))
    return `is not a ${types.map((type) => type.slice('image/'.length).toUpperCase()).join(', ')} file`;
  const pixels = imagePixels(bytes);
  if (pixels !== null && pixels > pixelsMax) return `has ${pixels} pixels; at most ${pixelsMax} are accepted`;
  return null;
}

/** Tells an image file by its signature; null when it is none we know. */
export function imageTypeOf(bytes: Uint8Array): ImageType | null {
  const starts = (offset: number, ...signature: number[]) =>
    signature.every((byte, i) => bytes[offset + i] === byte);
  if (starts(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (starts(0, 0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (starts(0, 0x52, 0x49, 0x46, 0x46) && starts(8, 0x57, 0x45, 0x42, 0x50)) return 'image/webp';
  return null;
}

/** Base64 (RFC 4648, section 4) to bytes; null when the text is something else or would exceed twice the limit. */
function fromBase64(text: string, sizeBytesMax: number): Uint8Array<ArrayBuffer> | null {
  if (text.length > 4 * Math.ceil(sizeBytesMax / 3) * 2) return new Uint8Array(sizeBytesMax + 1);
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}
