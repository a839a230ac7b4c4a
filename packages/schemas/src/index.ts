export * from './contract.ts';
export * from './errors.ts';
export * from './image-bytes.ts';
export * from './pipeline.ts';
export * from './tensor.ts';
