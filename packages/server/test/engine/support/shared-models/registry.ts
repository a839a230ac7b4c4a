export { shared } from './shared/contract.ts';
