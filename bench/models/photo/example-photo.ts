import sharp from 'sharp';
import { createRandom } from '../../../models/training/random.ts';

const [width, height] = [640, 480];

/** A JPEG of 640 x 480 with soft shapes and some grain, so that it compresses about as a photograph does. */
export async function makePhoto(): Promise<Buffer> {
  const random = createRandom(640);
  const pixels = Buffer.alloc(width * height * 3);
  for (let i = 0; i < pixels.length; i++) {
    const [x, y, channel] = [Math.floor(i / 3) % width, Math.floor(i / (3 * width)), i % 3];
    const soft = 128 + 60 * Math.sin(x / (40 + 9 * channel)) + 50 * Math.cos(y / (30 + 7 * channel));
    pixels[i] = Math.max(0, Math.min(255, soft + 24 * (random.next() - 0.5)));
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 85 })
    .toBuffer();
}
