export { pipeline } from '../echo/pipeline.ts';

// a module that never finishes loading
await new Promise(() => {});
