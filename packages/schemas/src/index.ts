export * from './contract.ts';
export * from './image-bytes.ts';
export * from './pipeline.ts';
export * from './tensor.ts';
