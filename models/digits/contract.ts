import { defineContract, imageBytes, imageTypes } from '@oriel/schemas';
import { z } from 'zod';
import { exampleDrawing } from './example-drawing.ts';

/** Largest encoded image that is accepted. */
export const imageSizeBytesMax = 5 * 1024 * 1024;

/** Refuses a small file that would decode to gigabytes. */
export const imagePixelsMax = 16_000_000;

export const digits = defineContract({
  id: 'digits',
  title: 'Handwritten digit',
  description:
    'Reads one handwritten digit from a PNG, JPEG or WebP image, dark on light or light on dark, anywhere in the image.',
  task: 'image',
  media: { field: 'image', types: imageTypes },
  input: z
    .strictObject({
      image: imageBytes({ sizeBytesMax: imageSizeBytesMax, pixelsMax: imagePixelsMax }).describe(
        'A PNG, JPEG or WebP image of one digit, up to 5 MiB and 16 megapixels',
      ),
    })
    .meta({ id: 'DigitsInput', description: 'An image of one digit.' }),
  output: z
    .object({
      digit: z.int().min(0).max(9).describe('The most probable digit'),
      confidence: z.number().min(0).max(1).describe('The probability of that digit'),
      probabilities: z
        .array(z.number().min(0).max(1))
        .length(10)
        .describe('Probability of each digit, 0 first, 9 last; together 1'),
    })
    .meta({ id: 'DigitsOutput', description: 'The digit an image shows.' }),
  examples: [{ title: 'A three, drawn on a canvas', input: { image: exampleDrawing } }],
});
