import type { Job } from '@oriel/schemas';
import { type HttpHandler, HttpResponse, http } from 'msw';
import { toEventStream } from './event-stream.ts';
import type { InputAt, OutputAt, ProcedurePath } from './procedure-paths.ts';
import { type Refusal, toProblem } from './refusal.ts';
import { readCalls, toFailure, toResult, type WireCall } from './trpc-wire.ts';

/** What a mocked procedure answers: a value, or a function of the input, which may take its time. */
type Answer<Path extends ProcedurePath> =
  | OutputAt<Path>
  | ((input: InputAt<Path>, request: Request) => OutputAt<Path> | Promise<OutputAt<Path>>);

type Reply = (call: WireCall, request: Request) => Promise<{ body: object; status: number }>;

/** An Oriel API that answers what a test says, typed by the real one. */
export interface ApiMock {
  /** For `setupServer(...api.handlers)` of msw. */
  readonly handlers: readonly HttpHandler[];
  /** From now on, the procedure answers this. */
  answer<Path extends ProcedurePath>(path: Path, answer: Answer<Path>): void;
  /**
   * From now on, whoever watches a job is told these states of it, and the stream ends. It ends at once when it is not
   * said, as where streams do not come through.
   */
  answerJobEvents(answer: (id: string) => Iterable<Job> | AsyncIterable<Job>): void;
  /** From now on, the procedure fails with this code. */
  refuse(path: ProcedurePath, refusal: Refusal): void;
  /** From now on, there is no connection. */
  disconnect(): void;
  /** The inputs that the procedure was called with, oldest first. */
  inputsOf<Path extends ProcedurePath>(path: Path): InputAt<Path>[];
  /** Forgets all answers and calls, and is connected again. */
  reset(): void;
}

/**
 * Mocks the API for tests of code that uses the typed client, batches and uploads included. A renamed procedure or
 * field of the real API breaks the test's build.
 *
 * @param url - where the client under test believes the server to be
 * @example
 * const api = createApiMock('http://localhost:3000');
 * const server = setupServer(...api.handlers);
 * api.answer('models.penguins.predict', (input) => ({ …, output: { species: 'Gentoo', … } }));
 * api.refuse('models.list', { code: 'SERVER_STOPPING' });
 */
export function createApiMock(url: string): ApiMock {
  const base = `${url.replace(/\/$/, '')}/trpc/`;
  const replies = new Map<string, Reply>();
  const received: WireCall[] = [];
  let isConnected = true;
  let jobEvents = noEvents;

  const handler = http.all(`${base}*`, async ({ request }) => {
    if (!isConnected) return HttpResponse.error();
    const { calls, isBatch } = await readCalls(request, new URL(base).pathname);
    received.push(...calls);
    if (calls[0]?.path === 'jobs.events') return toEventStream(jobEvents(idOf(calls[0])));
    const answers = await Promise.all(
      calls.map((call) => (replies.get(call.path) ?? notMocked)(call, request)),
    );
    const [first] = answers;
    const status = first && answers.every((answer) => answer.status === first.status) ? first.status : 207;
    const bodies = answers.map((answer) => answer.body);
    return HttpResponse.json(isBatch ? bodies : bodies[0], { status });
  });

  return {
    handlers: [handler],
    answer(path, answer) {
      replies.set(path, async ({ input }, request) => {
        // the caller under test is typed by the same router
        const output =
          typeof answer === 'function' ? await answer(input as InputAt<typeof path>, request) : answer;
        return { body: toResult(output), status: 200 };
      });
    },
    refuse(path, refusal) {
      replies.set(path, async () => toRefused(refusal, path));
    },
    answerJobEvents(answer) {
      jobEvents = answer;
    },
    disconnect() {
      isConnected = false;
    },
    inputsOf<Path extends ProcedurePath>(path: Path) {
      // the caller under test is typed by the same router
      return received.filter((call) => call.path === path).map((call) => call.input as InputAt<Path>);
    },
    reset() {
      replies.clear();
      received.length = 0;
      jobEvents = noEvents;
      isConnected = true;
    },
  };
}

const noEvents = (_id: string): Iterable<Job> | AsyncIterable<Job> => [];

function idOf({ input }: WireCall): string {
  return typeof input === 'object' && input !== null && 'id' in input ? String(input.id) : '';
}

const notMocked: Reply = async ({ path }) =>
  toRefused(
    {
      code: 'ROUTE_NOT_FOUND',
      detail: `The test did not say what "${path}" answers: use api.answer or api.refuse.`,
    },
    path,
  );

function toRefused(refusal: Refusal, path: string) {
  const problem = toProblem(refusal, path);
  return { body: toFailure(problem, path), status: problem.status };
}
