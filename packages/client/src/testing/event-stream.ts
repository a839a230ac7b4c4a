import { type Job, wireFormat } from '@oriel/schemas';

/** States of a job as tRPC's subscription sends them: a stream of events whose ids are the revisions. */
export function toEventStream(jobs: Iterable<Job> | AsyncIterable<Job>): Response {
  const encoder = new TextEncoder();
  const events = toEvents(jobs);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await events.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`${value}\n\n`));
    },
    async cancel() {
      await events.return();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

async function* toEvents(jobs: Iterable<Job> | AsyncIterable<Job>): AsyncGenerator<string, void> {
  yield 'event: connected\ndata: {}';
  for await (const job of jobs)
    yield `data: ${JSON.stringify(wireFormat.serialize(job))}\nid: ${job.revision}`;
  yield 'event: return\ndata: ';
}
