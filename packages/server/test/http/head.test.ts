import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createMember, createPenguins, waitFor } from '../jobs/support.ts';
import type { TestKey } from '../support/identities.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

// what there is to ask with GET: the document of the API says it

let app: TestApp;
let member: TestKey;
let paths: string[];
let ids: Record<string, string>;
beforeAll(async () => {
  app = await startTestApp();
  member = await createMember(app);
  const { body } = await app.send('/api/openapi.json');
  const document = body as { paths: Record<string, object> };
  paths = Object.keys(document.paths).filter((path) => 'get' in (document.paths[path] ?? {}));
  const dataset = await createPenguins(member.client, 3);
  const { id: job } = await member.client.jobs.predictDataset.mutate({
    datasetId: dataset,
    model: 'penguins',
  });
  await waitFor(member.client, job);
  ids = { models: 'penguins', datasets: dataset, jobs: job };
});
afterAll(() => app.close());

async function ask(method: 'GET' | 'HEAD', path: string, more: Record<string, string> = {}) {
  const headers = { ...member.headers, ...more };
  const response = await fetch(`${app.url}/api/v1${path}`, { method, headers, redirect: 'manual' });
  const body = await response.text();
  const told = ['content-type', 'content-disposition', 'location', 'cache-control', 'etag', 'allow'];
  return {
    body,
    hasLength: response.headers.has('content-length'),
    said: {
      status: response.status,
      ...Object.fromEntries(told.map((name) => [name, response.headers.get(name)])),
    },
  };
}

/** A path of something that there is. */
function concrete(path: string): string {
  const [, feature = ''] = path.split('/');
  const query = path.endsWith('/mapping') ? '?model=penguins' : '';
  return path.replace('{id}', ids[feature] ?? 'none') + query;
}

describe('HEAD', () => {
  test('is answered as GET is, everywhere, without a body', async () => {
    expect(paths).toEqual(expect.arrayContaining(['/datasets/{id}/export', '/jobs/{id}/events']));
    const statuses = new Map<string, number>();
    for (const path of paths.map(concrete)) {
      const [get, head] = [await ask('GET', path), await ask('HEAD', path)];
      expect([path, head.said, head.body]).toEqual([path, get.said, '']);
      // of a stream, nobody knows how long it will be
      expect([path, head.hasLength]).toEqual([path, get.hasLength]);
      statuses.set(path, head.said.status);
    }
    expect(statuses.get(concrete('/datasets/{id}/export'))).toBe(200);
    expect(statuses.get(concrete('/jobs/{id}/events'))).toBe(200);
    expect(statuses.get(concrete('/jobs/{id}/results'))).toBe(307);
  });

  test('of an export makes no file', async () => {
    const exportRows = vi.spyOn(app.app.services.datasets, 'exportRows');
    const { said } = await ask('HEAD', concrete('/datasets/{id}/export?format=parquet'));
    expect(said).toMatchObject({ status: 200, 'content-type': 'application/vnd.apache.parquet' });
    expect(exportRows).not.toHaveBeenCalled();
    exportRows.mockRestore();
  });

  test('of the events of a job watches nothing, and says when there are no more', async () => {
    const watch = vi.spyOn(app.app.services.jobs, 'watch');
    const path = concrete('/jobs/{id}/events');
    expect((await ask('HEAD', path)).said).toMatchObject({ status: 200 });
    const { revision } = await member.client.jobs.get.query({ id: ids.jobs ?? '' });
    expect((await ask('HEAD', path, { 'last-event-id': String(revision) })).said.status).toBe(204);
    expect(watch).not.toHaveBeenCalled();
    watch.mockRestore();
  });

  test.each([
    ['another column', 'columns=["none"]', 400],
    ['an order by another column', 'sort=[{"column":"none","order":"asc"}]', 400],
    ['a filter that does not fit', 'filter={"column":"island","op":"gt","value":4}', 400],
    ['another version', 'version=9', 404],
  ])('of an export that cannot be is refused as GET is: %s', async (_what, query, status) => {
    const path = `${concrete('/datasets/{id}/export')}?${query}`;
    const [get, head] = [await ask('GET', path), await ask('HEAD', path)];
    expect(head.said).toEqual(get.said);
    expect(head.said.status).toBe(status);
  });
});
