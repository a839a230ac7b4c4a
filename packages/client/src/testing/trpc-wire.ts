import { type Problem, wireFormat } from '@oriel/schemas';

/** One procedure call inside an HTTP request, which may carry a batch of them. */
export interface WireCall {
  readonly path: string;
  readonly input: unknown;
}

/** Reads the calls of a tRPC request: one or a batch, in the query or the body, as JSON or as a file's bytes. */
export async function readCalls(
  request: Request,
  prefix: string,
): Promise<{ calls: WireCall[]; isBatch: boolean }> {
  const url = new URL(request.url);
  const paths = decodeURIComponent(url.pathname.slice(prefix.length)).split(',');
  const isBatch = url.searchParams.get('batch') === '1';
  const contentType = request.headers.get('content-type') ?? '';
  if (request.method === 'POST' && !contentType.startsWith('application/json')) {
    return {
      calls: [{ path: paths.join(','), input: await readFileOrForm(request, contentType) }],
      isBatch: false,
    };
  }
  const text = request.method === 'POST' ? await request.text() : url.searchParams.get('input');
  const wire: unknown = text ? JSON.parse(text) : undefined;
  // a batch is an object of inputs by the position of their call
  const inputs = isBatch ? ((wire ?? {}) as Record<string, unknown>) : { 0: wire };
  return { calls: paths.map((path, i) => ({ path, input: wireFormat.deserialize(inputs[i]) })), isBatch };
}

async function readFileOrForm(request: Request, contentType: string): Promise<Blob | FormData> {
  return contentType.startsWith('multipart/form-data') ? request.formData() : request.blob();
}

/** An answer as tRPC writes it. */
export function toResult(output: unknown): object {
  return { result: { data: wireFormat.serialize(output) } };
}

/** A failure as tRPC writes it. */
export function toFailure(problem: Problem, path: string): object {
  // -32603 is JSON-RPC's internal error; clients of ours read the problem and never the number
  const shape = {
    message: problem.detail,
    code: -32603,
    data: { httpStatus: problem.status, path, problem },
  };
  return { error: wireFormat.serialize(shape) };
}
