export { echo } from './echo/contract.ts';
export { fragile } from './fragile/contract.ts';
export { heavy } from './heavy/contract.ts';
export { slow } from './slow/contract.ts';
