import { convertIndexedToRgb, type DecodedPng, decode } from 'fast-png';

export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and alpha of each pixel, row-major. */
  readonly pixels: Uint8Array;
}

/** Of such a size a file can unpack to no more than 64 MiB, whatever it says of itself. */
const bytesMax = 64 * 1024;
const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/**
 * What may stand in a file that is read here: pixels, and what does not change how they look. Colour profiles and
 * orientation are for a decoder that knows what to do with them.
 */
const plainChunks: ReadonlySet<string> = new Set(
  'IHDR PLTE tRNS IDAT IEND sRGB pHYs bKGD tIME tEXt zTXt iTXt'.split(' '),
);
const channelsOfRgba = 4;

/**
 * Reads a small PNG on this thread. A decoder for all kinds of images has pipelines and threads, and to begin with them
 * takes several times as long as a drawing does.
 *
 * @returns null for everything else: a larger image, another format, a rarer form of PNG, a file that is broken
 * @see {@link https://www.w3.org/TR/png-3/} PNG specification, sections 5 "Datastream structure" and 11.2.1 "IHDR"
 */
export function readSmallPng(bytes: Uint8Array, sideMax: number): RgbaImage | null {
  if (bytes.length > bytesMax || signature.some((byte, at) => bytes[at] !== byte)) return null;
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [width, height, depth, interlacing] = [
      view.getUint32(16),
      view.getUint32(20),
      view.getUint8(24),
      view.getUint8(28),
    ];
    if (width > sideMax || height > sideMax || depth > 8 || interlacing !== 0 || !isPlain(view)) return null;
    const image = decode(bytes, { checkCrc: true });
    const colours = coloursOf(image);
    return colours && { width, height, pixels: toRgba(colours, colours.length / (width * height)) };
  } catch {
    // why it cannot be read is told by the decoder that reads everything else
    return null;
  }
}

/** Whether there are no chunks but those that are known here. */
function isPlain(view: DataView): boolean {
  for (let at = signature.length; ; at += 12 + view.getUint32(at)) {
    const type = String.fromCharCode(...[4, 5, 6, 7].map((offset) => view.getUint8(at + offset)));
    if (!plainChunks.has(type)) return false;
    if (type === 'IEND') return true;
  }
}

/** One to four channels of bytes for each pixel; null where one colour stands for transparency. */
function coloursOf(image: DecodedPng): Uint8Array | null {
  const { data, depth, channels, palette, transparency } = image;
  if (palette) return convertIndexedToRgb(image);
  if (transparency || !(data instanceof Uint8Array)) return null;
  return depth < 8 && channels === 1 ? convertIndexedToRgb({ ...image, palette: greysOf(depth) }) : data;
}

/** What the few bits of a pixel stand for: black to white in equal steps. */
function greysOf(depth: number): number[][] {
  const most = 2 ** depth - 1;
  return Array.from({ length: most + 1 }, (_, step) => Array<number>(3).fill((255 * step) / most));
}

/** @param channels - grey; grey and alpha; colours; or colours and alpha */
function toRgba(data: Uint8Array, channels: number): Uint8Array {
  if (channels === channelsOfRgba) return data;
  const [hasColours, hasAlpha] = [channels >= 3, channels === 2];
  const pixels = new Uint8Array((channelsOfRgba * data.length) / channels);
  for (let from = 0, to = 0; from < data.length; from += channels, to += channelsOfRgba) {
    const first = data[from] ?? 0;
    pixels[to] = first;
    pixels[to + 1] = hasColours ? (data[from + 1] ?? 0) : first;
    pixels[to + 2] = hasColours ? (data[from + 2] ?? 0) : first;
    pixels[to + 3] = hasAlpha ? (data[from + 1] ?? 0) : 255;
  }
  return pixels;
}
