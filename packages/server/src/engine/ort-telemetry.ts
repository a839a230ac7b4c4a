/**
 * Keeps ONNX Runtime from sending telemetry, which its official builds do since 1.29.
 *
 * The native library reads the process's environment when it loads. A worker thread's `process.env` is a copy that
 * native code never sees, so this must run on the main thread before any thread starts: the one place outside
 * `config.ts` that touches `process.env`.
 */
export function turnOffOrtTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY = '1';
}
