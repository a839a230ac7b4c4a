export { encoder } from './encoder/contract.ts';
export { mobilenet } from './mobilenet/contract.ts';
export { photo } from './photo/contract.ts';
export { pixels } from './pixels/contract.ts';
