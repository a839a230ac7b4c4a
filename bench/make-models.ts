// Writes the ONNX files of bench/models anew. The benchmarks make those that are missing themselves.
//   npm run bench -- make-models
import { makeBenchModels } from './support/bench-models.ts';

await makeBenchModels({ anew: true });
