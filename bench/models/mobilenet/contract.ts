import { defineContract, UploadedMedia } from '@oriel/schemas';
import { z } from 'zod';

export const side = 224;
export const byteCount = side * side * 3;
export const classCount = 1000;

/** The most probable classes, best first: what an image classifier is asked for. */
export const topClasses = z.object({
  top: z.array(z.object({ label: z.int().min(0).max(999), score: z.number().min(0).max(1) })).length(5),
});

/** Exactly the bytes of one image, red, green and blue of each pixel, row by row; base64 where they come in JSON. */
const rawPixels = z
  .custom<string>((value) => typeof value === 'string' || value instanceof UploadedMedia)
  .meta({ override: { type: 'string', contentEncoding: 'base64' } })
  .transform((value: string | UploadedMedia, ctx): Uint8Array => {
    const bytes = value instanceof UploadedMedia ? value.bytes : Buffer.from(value, 'base64');
    if (bytes.byteLength !== byteCount)
      ctx.addIssue({ code: 'custom', message: `must have ${byteCount} bytes` });
    // a copy: the upload's bytes may lie in a buffer that others use too
    return new Uint8Array(bytes);
  });

/** MobileNetV2's shape on raw pixels: the runtime is all that counts. */
export const mobilenet = defineContract({
  id: 'mobilenet',
  title: 'Image classifier, raw pixels',
  description: 'The most probable of 1,000 classes. The weights are random: for measuring only.',
  task: 'image',
  media: { field: 'pixels', types: ['application/octet-stream'] },
  input: z.strictObject({ pixels: rawPixels }),
  output: topClasses,
  examples: [
    {
      title: 'Stripes',
      input: { pixels: Buffer.from(Array.from({ length: byteCount }, (_, i) => i % 251)).toString('base64') },
    },
  ],
});
