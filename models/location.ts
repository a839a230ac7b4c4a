/** The folder that holds each model's files: `<id>/pipeline.ts`, `<id>/<version>/model.onnx`, `<id>/model-card.md`. */
export const modelsFolder: URL = new URL('./', import.meta.url);
