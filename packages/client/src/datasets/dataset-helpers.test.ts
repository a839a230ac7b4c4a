import { describe, expect, test } from 'vitest';
import { failureOf } from '../../test/failure-of.ts';
import { setUpMockedServer } from '../../test/mocked-server.ts';
import { createClient } from '../create-client.ts';
import { hasErrorCode } from '../errors.ts';
import { makeDataset } from '../testing/index.ts';

const { url, api, transfers, server } = setUpMockedServer();
const { datasets } = createClient({ url });

const id = crypto.randomUUID();
const columns = [{ name: 'n', type: 'integer' as const }];

describe('eachRow', () => {
  /** Five rows, on pages as large as asked for. */
  function serveRows() {
    const asked: object[] = [];
    transfers.answer({
      rows(datasetId, page) {
        asked.push({ datasetId, ...page });
        const from = Number(page.cursor ?? 0);
        const to = Math.min(5, from + page.limit);
        const rows = Array.from({ length: to - from }, (_, i) => ({ n: from + i }));
        return { columns, rows, nextCursor: to < 5 ? String(to) : null };
      },
    });
    return asked;
  }

  test('reads all pages, with what was asked for on each', async () => {
    const asked = serveRows();
    const filter = { column: 'n', op: 'gte', value: 0 } as const;
    const rows: unknown[] = [];
    for await (const row of datasets.eachRow({ id, filter, columns: ['n'] }, { pageSize: 2 }))
      rows.push(row['n']);
    expect(rows).toEqual([0, 1, 2, 3, 4]);
    expect(asked).toEqual([
      { datasetId: id, limit: 2, filter, columns: ['n'] },
      { datasetId: id, limit: 2, filter, columns: ['n'], cursor: '2' },
      { datasetId: id, limit: 2, filter, columns: ['n'], cursor: '4' },
    ]);
  });

  test('asks for no page that nobody reads', async () => {
    const asked = serveRows();
    for await (const row of datasets.eachRow({ id }, { pageSize: 2 })) if (row['n'] === 1) break;
    expect(asked).toHaveLength(1);
  });

  test('asks again when the connection breaks between two pages', async () => {
    serveRows();
    const rows: unknown[] = [];
    for await (const row of datasets.eachRow({ id }, { pageSize: 2 })) {
      rows.push(row['n']);
      if (row['n'] === 1) transfers.breakConnections(1);
    }
    expect(rows).toEqual([0, 1, 2, 3, 4]);
  });
});

test('eachDataset reads all pages', async () => {
  const [first, second] = [makeDataset(), makeDataset()];
  api.answer('datasets.list', ({ cursor }) =>
    cursor === undefined ? { items: [first], nextCursor: first.id } : { items: [second], nextCursor: null },
  );
  const ids: string[] = [];
  for await (const dataset of datasets.eachDataset({ tag: 'birds' })) ids.push(dataset.id);
  expect(ids).toEqual([first.id, second.id]);
  expect(api.inputsOf('datasets.list')).toEqual([{ tag: 'birds' }, { tag: 'birds', cursor: first.id }]);
});

describe('download', () => {
  test('gives the file as a stream, with its name', async () => {
    let asked = new URLSearchParams();
    transfers.answer({
      download(_id, query) {
        asked = query;
        return 'n\n1\n';
      },
    });
    const sort = [{ column: 'n', order: 'desc' as const }];
    const { stream, fileName, contentType } = await datasets.download({
      id,
      format: 'csv',
      sort,
      columns: ['n'],
    });
    expect(await new Response(stream).text()).toBe('n\n1\n');
    expect([fileName, contentType]).toEqual([`${id}.csv`, 'text/csv']);
    expect(JSON.parse(asked.get('sort') ?? '')).toEqual(sort);
    expect(asked.get('format')).toBe('csv');
  });

  test.each([
    ['in the URL', 'GET', 10],
    ['in the body, where it is too long for a URL', 'POST', 1000],
  ])('says what is wanted %s', async (_where, method, count) => {
    const methods: string[] = [];
    server.events.on('request:start', ({ request }) => void methods.push(request.method));
    let asked = new URLSearchParams();
    transfers.answer({
      download(_id, query) {
        asked = query;
        return 'n\n1\n';
      },
    });
    const values = Array.from({ length: count }, (_, i) => i);
    const filter = { column: 'n', op: 'in' as const, values };
    const { stream } = await datasets.download({ id, format: 'ndjson', version: 2, columns: ['n'], filter });
    expect(await new Response(stream).text()).toBe('n\n1\n');
    server.events.removeAllListeners();
    expect(methods).toEqual([method]);
    const { filter: text, ...others } = Object.fromEntries(asked);
    expect(others).toEqual({ format: 'ndjson', version: '2', columns: '["n"]' });
    expect(JSON.parse(text ?? '')).toEqual(filter);
  });

  test('fails with what the server says', async () => {
    transfers.refuse({ code: 'NOT_FOUND' });
    const failure = await failureOf(datasets.download({ id }));
    expect(hasErrorCode(failure, 'NOT_FOUND')).toBe(true);
  });
});
