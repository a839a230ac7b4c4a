export { penguins } from './penguins/contract.ts';
