export { digits } from './digits/contract.ts';
export { penguins } from './penguins/contract.ts';
export { spam } from './spam/contract.ts';
