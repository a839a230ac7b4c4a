import type { Dataset, ItemError, RowPage } from '@oriel/schemas';
import { type DefaultBodyType, type HttpHandler, HttpResponse, http, type StrictRequest } from 'msw';
import { type Refusal, toProblem } from './refusal.ts';

/** An upload as it arrived. */
export interface ReceivedUpload {
  /** Name, description, tags, format and datasetId, as far as they were said. */
  readonly details: URLSearchParams;
  readonly bytes: Uint8Array;
  readonly idempotencyKey: string | null;
}

/** What the transfers of a test answer; each is a function of what was asked for. */
export interface TransferAnswers {
  readonly upload: (upload: ReceivedUpload) => Dataset | Promise<Dataset>;
  /** The file that a dataset is downloaded as; `query` is the same where it was too long for a URL, and sent in the body. */
  readonly download: (datasetId: string, query: URLSearchParams) => string | Uint8Array;
  /** A page of rows, for `eachRow`. */
  readonly rows: (datasetId: string, page: { readonly cursor?: string; readonly limit: number }) => RowPage;
  /** What came of one input of a stream. */
  readonly predictStream: (
    modelId: string,
    input: unknown,
  ) => { readonly output: unknown } | { readonly error: ItemError };
}

/** What travels beside the procedures: uploads, downloads, rows one by one and streams of predictions. */
export interface TransferMock {
  /** For `setupServer(...api.handlers, ...transfers.handlers)` of msw. */
  readonly handlers: readonly HttpHandler[];
  /** From now on, transfers are answered so. */
  answer(answers: Partial<TransferAnswers>): void;
  /** From now on, every transfer fails with this code. */
  refuse(refusal: Refusal): void;
  /** The next `count` transfers find no connection. */
  breakConnections(count: number): void;
  /** What was uploaded, oldest first. */
  readonly uploads: readonly ReceivedUpload[];
  /** Forgets all answers and uploads. */
  reset(): void;
}

type Transfer = (request: StrictRequest<DefaultBodyType>, id: string) => Promise<Response>;

/**
 * Mocks transfers for tests of code that uses the typed client's helpers.
 *
 * @param url - where the client under test believes the server to be
 * @example
 * const transfers = createTransferMock('http://localhost:3000');
 * transfers.answer({ upload: ({ details }) => makeDataset({ name: details.get('name') ?? '' }) });
 */
export function createTransferMock(url: string): TransferMock {
  const base = `${url.replace(/\/$/, '')}/api/v1`;
  const uploads: ReceivedUpload[] = [];
  let answers: Partial<TransferAnswers> = {};
  let refusal: Refusal | null = null;
  let brokenConnections = 0;

  return {
    handlers: [
      http.post(`${base}/datasets/upload`, transfer(receiveUpload)),
      http.get(`${base}/datasets/:id/export`, transfer(sendFile)),
      http.post(`${base}/datasets/:id/export`, transfer(sendFile)),
      http.post(`${base}/datasets/:id/rows`, transfer(sendRows)),
      http.post(`${base}/models/:id/predict-stream`, transfer(predict)),
    ],
    answer(more) {
      answers = { ...answers, ...more };
    },
    refuse(all) {
      refusal = all;
    },
    breakConnections(count) {
      brokenConnections = count;
    },
    uploads,
    reset() {
      answers = {};
      refusal = null;
      brokenConnections = 0;
      uploads.length = 0;
    },
  };

  function transfer(answer: Transfer) {
    return async ({
      request,
      params,
    }: {
      request: StrictRequest<DefaultBodyType>;
      params: { id?: unknown };
    }) => {
      if (brokenConnections > 0) {
        brokenConnections--;
        return HttpResponse.error();
      }
      return refusal ? refuseWith(refusal, request) : answer(request, String(params.id));
    };
  }

  async function receiveUpload(request: StrictRequest<DefaultBodyType>): Promise<Response> {
    const upload = {
      ...(await readUpload(request)),
      idempotencyKey: request.headers.get('idempotency-key'),
    };
    uploads.push(upload);
    if (!answers.upload) return refuseWith(notSaid('upload'), request);
    return Response.json(await answers.upload(upload), { status: 201 });
  }

  async function sendFile(request: StrictRequest<DefaultBodyType>, id: string): Promise<Response> {
    if (!answers.download) return refuseWith(notSaid('download'), request);
    const body = answers.download(id, await queryOf(request));
    const headers = { 'content-disposition': `attachment; filename="${id}.csv"`, 'content-type': 'text/csv' };
    return new Response(typeof body === 'string' ? body : new Uint8Array(body), { headers });
  }

  async function sendRows(request: StrictRequest<DefaultBodyType>, id: string): Promise<Response> {
    if (!answers.rows) return refuseWith(notSaid('rows'), request);
    // the client under test sends what the schema says
    const page = JSON.parse(await request.text()) as { readonly cursor?: string; readonly limit: number };
    return Response.json(answers.rows(id, page));
  }

  async function predict(request: StrictRequest<DefaultBodyType>, id: string): Promise<Response> {
    const { predictStream } = answers;
    if (!predictStream) return refuseWith(notSaid('predictStream'), request);
    const lines = (await request.text()).trimEnd().split('\n');
    const results = lines.map((line, i) => {
      const result = predictStream(id, JSON.parse(line));
      return JSON.stringify(
        'error' in result ? { ok: false, line: i + 1, ...result } : { ok: true, ...result },
      );
    });
    return new Response(`${results.join('\n')}\n`, { headers: { 'content-type': 'application/x-ndjson' } });
  }
}

/** The file is the body, or in a form with what is too long for a URL. */
async function readUpload(request: StrictRequest<DefaultBodyType>) {
  const details = new URL(request.url).searchParams;
  const isForm = request.headers.get('content-type')?.startsWith('multipart/form-data') ?? false;
  if (!isForm) return { details, bytes: new Uint8Array(await request.arrayBuffer()) };
  let bytes = new Uint8Array();
  for (const [name, value] of await request.formData()) {
    if (typeof value === 'string') details.append(name, value);
    else bytes = new Uint8Array(await value.arrayBuffer());
  }
  return { details, bytes };
}

/** Of a download: what a body says as a URL would say it. */
async function queryOf(request: StrictRequest<DefaultBodyType>): Promise<URLSearchParams> {
  if (request.method === 'GET') return new URL(request.url).searchParams;
  // the client under test sends what the schema says
  const selection = JSON.parse(await request.text()) as Readonly<Record<string, unknown>>;
  const texts = Object.entries(selection).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return new URLSearchParams(texts);
}

function notSaid(name: keyof TransferAnswers): Refusal {
  return {
    code: 'ROUTE_NOT_FOUND',
    detail: `The test did not say what "${name}" answers: use transfers.answer.`,
  };
}

function refuseWith(refusal: Refusal, { url }: { readonly url: string }): Response {
  const problem = toProblem(refusal, new URL(url).pathname);
  return Response.json(problem, {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json' },
  });
}
