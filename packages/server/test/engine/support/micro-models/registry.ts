export { tiny } from './tiny/contract.ts';
