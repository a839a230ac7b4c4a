export * from './contract.ts';
export * from './errors.ts';
export * from './image-bytes.ts';
export * from './model.ts';
export * from './pipeline.ts';
export * from './prediction.ts';
export { quickParse } from './quick-parse.ts';
export * from './tensor.ts';
export { wireFormat } from './wire-format.ts';
