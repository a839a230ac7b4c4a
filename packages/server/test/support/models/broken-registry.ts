import { defineContract } from '@oriel/schemas';
import { echo } from './echo/contract.ts';

/** A good model among models that fail to load, each in its own way. */
export { echo };
export const badExample = defineContract({
  ...echo,
  id: 'bad-example',
  examples: [{ title: 'no number', input: { value: Number.POSITIVE_INFINITY } }],
});
export const endsAtLoad = defineContract({ ...echo, id: 'ends-at-load' });
export const garbage = defineContract({ ...echo, id: 'garbage' });
export const hangsAtLoad = defineContract({ ...echo, id: 'hangs-at-load' });
export const mismatch = defineContract({ ...echo, id: 'mismatch' });
export const noFile = defineContract({ ...echo, id: 'no-file' });
export const noFolder = defineContract({ ...echo, id: 'no-folder' });
