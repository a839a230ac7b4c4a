/** The model repository of the benchmarks. Its ONNX files have random weights: `npm run bench -- make-models`. */
export const benchModelsFolder: URL = new URL('./', import.meta.url);
