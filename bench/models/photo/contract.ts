import { defineContract, imageBytes } from '@oriel/schemas';
import { z } from 'zod';
import { topClasses } from '../mobilenet/contract.ts';
import { makePhoto } from './example-photo.ts';

/** The same network, fed with the file a camera gives. */
export const photo = defineContract({
  id: 'photo',
  title: 'Image classifier, JPEG',
  description: 'The most probable of 1,000 classes. The weights are random: for measuring only.',
  task: 'image',
  media: { field: 'image', types: ['image/jpeg'] },
  input: z.strictObject({ image: imageBytes({ types: ['image/jpeg'], sizeBytesMax: 5 * 1024 * 1024 }) }),
  output: topClasses,
  examples: [{ title: 'Soft shapes', input: { image: (await makePhoto()).toString('base64') } }],
});
