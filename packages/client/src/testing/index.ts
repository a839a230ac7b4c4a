export { type ApiMock, createApiMock } from './api-mock.ts';
export type { InputAt, OutputAt, ProcedurePath } from './procedure-paths.ts';
export type { Refusal } from './refusal.ts';
