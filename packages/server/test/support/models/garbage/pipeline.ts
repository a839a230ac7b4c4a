export { pipeline } from '../echo/pipeline.ts';
