export { type ApiMock, createApiMock } from './api-mock.ts';
export { makeDataset } from './make-dataset.ts';
export { makeJob, makeSucceededJob } from './make-job.ts';
export type { InputAt, OutputAt, ProcedurePath } from './procedure-paths.ts';
export type { Refusal } from './refusal.ts';
export {
  createTransferMock,
  type ReceivedUpload,
  type TransferAnswers,
  type TransferMock,
} from './transfer-mock.ts';
