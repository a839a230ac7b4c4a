import type { Dataset } from '@oriel/schemas';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { api, serveModels, transfers } from '../../test/api.ts';
import { dataset, profile, rowPage, version } from '../../test/datasets.ts';
import { ada, nobody, root } from '../../test/people.ts';
import { findPanel, show } from '../../test/show.tsx';
import { App } from './app.tsx';

function open(hash: string, person = ada) {
  serveModels();
  api.answer('auth.state', { ...nobody, user: person });
  window.location.hash = hash;
  return show(<App />);
}

function openList(items: Dataset[], person = ada) {
  api.answer('datasets.list', { items, nextCursor: null });
  return open('#/datasets', person);
}

function openOne(changes: Partial<Dataset> = {}, person = ada) {
  const shown = dataset(changes);
  api.answer('datasets.get', shown);
  api.answer('datasets.profile', profile());
  api.answer('datasets.rows', rowPage());
  api.answer('datasets.versions', { items: [shown.latest] });
  api.answer('datasets.shares', { items: [] });
  return open(`#/datasets/${shown.id}`, person);
}

describe('the list of datasets', () => {
  test('asks whoever is not signed in to do so', async () => {
    serveModels();
    window.location.hash = '#/datasets';
    show(<App />);
    expect(await screen.findByText('Sign in to see your datasets')).toBeVisible();
    expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeVisible();
  });

  test('says when there is none, and marks its place among the pages', async () => {
    openList([]);
    expect(await screen.findByText(/There is none yet/)).toBeVisible();
    expect(document.title).toBe('Datasets – Oriel');
    const pages = within(screen.getByRole('navigation', { name: 'Pages' }));
    expect(pages.getByRole('link', { name: 'Datasets' })).toHaveAttribute('aria-current', 'page');
    expect(pages.getByRole('link', { name: 'Models' })).not.toHaveAttribute('aria-current');
  });

  test('that could not be read can be read again, where that may pass', async () => {
    api.refuse('datasets.list', { code: 'SERVER_STOPPING' });
    const user = open('#/datasets');
    const again = await screen.findByRole('button', { name: 'Try again' });
    api.answer('datasets.list', { items: [dataset()], nextCursor: null });
    await user.click(again);
    expect(await screen.findByRole('list', { name: 'Datasets' })).toHaveTextContent('Penguins of 2025');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('that one may not read offers nothing to try again', async () => {
    api.refuse('datasets.list', { code: 'FORBIDDEN' });
    open('#/datasets');
    await screen.findByRole('alert');
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  test('tells how large each is, and what is the matter with it', async () => {
    const error = {
      code: 'DATASET_UNREADABLE',
      message: 'Line 7 has 4 values, and there are 3 columns.',
    } as const;
    openList([
      dataset({ tags: ['birds'] }),
      dataset({
        id: '0193a1b2-0000-7000-8000-0000000000d2',
        name: 'Broken',
        latest: version({ state: 'failed', error, rows: null }),
      }),
      dataset({ id: '0193a1b2-0000-7000-8000-0000000000d3', name: 'Of Grace', isMine: false }),
    ]);
    const list = within(await screen.findByRole('list', { name: 'Datasets' }));
    const rows = (await list.findAllByRole('listitem')).map((row) => row.textContent);
    expect(rows[0]).toMatch(/Penguins of 2025birds1,000 rows × 2 columns · csv, 40.1 kB/);
    expect(rows[1]).toMatch(/Brokennot readableLine 7 has 4 values/);
    expect(rows[2]).toMatch(/Of Graceshared with you/);
  });

  test('has those of everybody for an admin, and says so', async () => {
    openList([dataset(), dataset({ id: '0193a1b2-0000-7000-8000-0000000000d3', isMine: false })], root);
    const list = within(await findPanel('Everybody’s datasets'));
    const rows = (await list.findAllByRole('listitem')).map((row) => row.textContent);
    expect(rows).toEqual([
      expect.not.stringContaining('somebody else’s'),
      expect.stringContaining('somebody else’s'),
    ]);
  });

  test('can be searched by name, and asks anew', async () => {
    const user = openList([dataset()]);
    await user.type(await screen.findByRole('searchbox', { name: 'Name' }), 'gulls');
    api.answer('datasets.list', { items: [], nextCursor: null });
    await user.click(screen.getByRole('button', { name: 'Search' }));
    expect(await screen.findByText('None has “gulls” in its name.')).toBeVisible();
    expect(api.inputsOf('datasets.list').at(-1)).toEqual({ deleted: false, text: 'gulls' });
  });

  test('brings back what was deleted', async () => {
    const user = openList([]);
    api.answer('datasets.list', {
      items: [dataset({ deletedAt: '2026-05-02T00:00:00.000Z' })],
      nextCursor: null,
    });
    await user.click(await screen.findByLabelText('Deleted'));
    api.answer('datasets.restore', () => {
      api.answer('datasets.list', { items: [], nextCursor: null });
      return dataset();
    });
    await user.click(await screen.findByRole('button', { name: 'Restore Penguins of 2025' }));
    expect(await screen.findByText('Nothing was deleted lately.')).toBeVisible();
    expect(api.inputsOf('datasets.restore')).toEqual([{ id: dataset().id }]);
  });

  test('says why it could not be read', async () => {
    api.refuse('datasets.list', { code: 'DATABASE_UNAVAILABLE', detail: 'The database does not answer.' });
    open('#/datasets');
    expect(await screen.findByText('The database does not answer.')).toBeVisible();
  });

  test('a dataset can be fetched from an address; a refused one is said beside the field', async () => {
    const issues = [{ path: ['url'], rule: 'invalid_url', message: 'must be an address' }];
    api.refuse('datasets.create', { code: 'INPUT_INVALID', issues });
    const user = openList([]);
    await user.click(await screen.findByRole('button', { name: 'From an address' }));
    await user.type(screen.getByLabelText('Address'), 'ftp://example.com{Enter}');
    expect(await screen.findByText('must be an address')).toBeVisible();

    api.answer('datasets.create', dataset());
    api.answer('datasets.get', dataset());
    api.answer('datasets.profile', profile());
    await user.click(screen.getByRole('button', { name: 'Fetch it' }));
    expect(await screen.findByRole('heading', { level: 2, name: 'Penguins of 2025' })).toBeVisible();
  });
});

describe('an upload', () => {
  const csv = new File(['island,mass_g\nDream,3400\n'], 'penguins.csv', { type: 'text/csv' });

  test('becomes a dataset, which the list has then', async () => {
    transfers.answer({
      upload: () => {
        api.answer('datasets.list', { items: [dataset()], nextCursor: null });
        return dataset();
      },
    });
    const user = openList([]);
    await user.upload(await screen.findByLabelText('Files to upload'), csv);
    const uploads = within(await screen.findByRole('list', { name: 'Uploads' }));
    const link = await uploads.findByRole('link', { name: 'Penguins of 2025' });
    expect(link).toHaveAttribute('href', `#/datasets/${dataset().id}`);
    const list = within(screen.getByRole('list', { name: 'Datasets' }));
    expect(await list.findByRole('link', { name: 'Penguins of 2025' })).toBeVisible();
    expect(transfers.uploads.map(({ bytes }) => new TextDecoder().decode(bytes))).toEqual([
      'island,mass_g\nDream,3400\n',
    ]);
    await user.click(uploads.getByRole('button', { name: 'Take off the list: penguins.csv' }));
    expect(screen.queryByRole('list', { name: 'Uploads' })).toBeNull();
  });

  test('is not lost without a question by closing the page, whatever it shows by then', async () => {
    const isAskedFor = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
    const answer = Promise.withResolvers<Dataset>();
    transfers.answer({ upload: () => answer.promise });
    const user = openList([]);
    expect(isAskedFor()).toBe(false);
    await user.upload(await screen.findByLabelText('Files to upload'), csv);
    await screen.findByRole('list', { name: 'Uploads' });
    await user.click(screen.getByRole('link', { name: 'Models' }));
    await screen.findByRole('heading', { level: 2, name: 'Penguin species' });
    expect(isAskedFor()).toBe(true);
    answer.resolve(dataset());
    await waitFor(() => expect(isAskedFor()).toBe(false));
  });

  test('that cannot be read says what is wrong, and where', async () => {
    const error = {
      code: 'DATASET_UNREADABLE' as const,
      message: 'The file is no CSV.',
      issues: [{ path: ['line', 7], rule: 'ragged', message: 'has 4 values where 3 are expected' }],
    };
    transfers.answer({ upload: () => dataset({ latest: version({ state: 'failed', rows: null, error }) }) });
    const user = openList([]);
    await user.upload(await screen.findByLabelText('Files to upload'), csv);
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('penguins.csv could not be taken in');
    expect(alert).toHaveTextContent('line 7: has 4 values where 3 are expected');
    await user.click(screen.getByRole('button', { name: 'Understood' }));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('that is refused says why', async () => {
    transfers.refuse({ code: 'BODY_TOO_LARGE', detail: 'The file is larger than 1 GiB.' });
    const user = openList([]);
    await user.upload(await screen.findByLabelText('Files to upload'), csv);
    expect(await screen.findByRole('alert')).toHaveTextContent('The file is larger than 1 GiB.');
  });

  test('several can be dropped at once', async () => {
    transfers.answer({ upload: ({ details }) => dataset({ name: details.get('name') ?? '' }) });
    openList([]);
    const dropTarget = await screen.findByTestId('drop-target');
    const other = new File(['a\n1\n'], 'other.csv');
    fireEvent.drop(dropTarget, { dataTransfer: { files: [csv, other] } });
    const uploads = within(await screen.findByRole('list', { name: 'Uploads' }));
    expect(await uploads.findByRole('link', { name: 'other' })).toBeVisible();
    expect(await uploads.findByRole('link', { name: 'penguins' })).toBeVisible();
  });
});

describe('one dataset', () => {
  test('shows each column with its values, and the first rows', async () => {
    openOne();
    const list = within(await screen.findByRole('list', { name: 'Columns' }));
    expect(await list.findByRole('heading', { name: 'island' })).toBeVisible();
    expect(list.getByRole('list', { name: 'Most frequent values of island' })).toHaveTextContent(
      'Biscoe50050.0 %Dream30030.0 %',
    );
    expect(list.getByRole('figure', { name: 'Values of mass_g' })).toHaveTextContent(
      'From 2,700 to 6,300. Most rows (700) are from 2,700 to 4,500.',
    );
    expect(list.getByText('20 (2.0 %)')).toBeVisible();
    const preview = within(await findPanel('First rows')).getAllByRole('row');
    expect(preview.map((row) => row.textContent)).toEqual([
      'islandtextmass_ginteger',
      'Biscoe5950',
      'Dream–no value',
    ]);
  });

  test('rows are sorted, filtered and paged, and downloads follow', async () => {
    const user = openOne();
    await user.click(await screen.findByRole('tab', { name: 'Rows' }));
    const panel = within(await findPanel('Rows'));
    api.answer('datasets.rows', rowPage({ nextCursor: 'next' }));
    await user.click(await panel.findByRole('button', { name: 'mass_g' }));
    await user.click(panel.getByRole('button', { name: 'Add a condition' }));
    await user.selectOptions(panel.getByLabelText('Column'), 'mass_g');
    await user.selectOptions(panel.getByLabelText('Comparison'), 'is at least');
    await user.type(panel.getByLabelText('Value'), 'heavy');
    await user.click(panel.getByRole('button', { name: 'Filter' }));
    expect(panel.getByLabelText('Value')).toHaveAccessibleDescription('must be a whole number');

    await user.clear(panel.getByLabelText('Value'));
    await user.type(panel.getByLabelText('Value'), '4000');
    await user.click(panel.getByRole('button', { name: 'Filter' }));
    await waitFor(() => expect(panel.getByRole('button', { name: 'Next' })).toBeEnabled());
    await user.click(panel.getByRole('button', { name: 'Next' }));
    expect(await panel.findByText('Rows 51 to 52')).toBeVisible();

    const filter = { column: 'mass_g', op: 'gte', value: 4000 };
    const sort = [{ column: 'mass_g', order: 'asc' }];
    expect(api.inputsOf('datasets.rows').at(-1)).toMatchObject({ filter, sort, limit: 50, cursor: 'next' });
    const href = panel.getByRole('link', { name: 'Download as Parquet' }).getAttribute('href') ?? '';
    const query = new URL(href, 'http://localhost').searchParams;
    expect(query.get('format')).toBe('parquet');
    expect(JSON.parse(query.get('filter') ?? '')).toEqual(filter);
    expect(JSON.parse(query.get('sort') ?? '')).toEqual(sort);
  });

  test('a filter that the server refuses is said to be, and can be changed', async () => {
    const user = openOne();
    await user.click(await screen.findByRole('tab', { name: 'Rows' }));
    const panel = within(await findPanel('Rows'));
    await panel.findByText('Rows 1 to 2');
    await user.click(panel.getByRole('button', { name: 'Add a condition' }));
    await user.type(panel.getByLabelText('Value'), 'Atlantis');
    api.refuse('datasets.rows', { code: 'INPUT_INVALID', detail: 'filter.value: there is no such island' });
    await user.click(panel.getByRole('button', { name: 'Filter' }));
    expect(await panel.findByRole('alert')).toHaveTextContent('there is no such island');

    api.answer('datasets.rows', rowPage());
    await user.clear(panel.getByLabelText('Value'));
    await user.type(panel.getByLabelText('Value'), 'Biscoe');
    await user.click(panel.getByRole('button', { name: 'Filter' }));
    expect(await panel.findByText('Rows 1 to 2')).toBeVisible();
    expect(panel.queryByRole('alert')).toBeNull();
  });

  test('an order that the server cannot make leads back to that of the file', async () => {
    const user = openOne();
    await user.click(await screen.findByRole('tab', { name: 'Rows' }));
    const panel = within(await findPanel('Rows'));
    const detail = 'Sorting takes more memory than there is.';
    const sortButton = await panel.findByRole('button', { name: 'island' });
    api.refuse('datasets.rows', { code: 'TABLE_MEMORY_EXCEEDED', detail });
    await user.click(sortButton);
    expect(await panel.findByRole('alert')).toHaveTextContent(detail);
    await user.click(panel.getByRole('button', { name: 'Back to the order of the file' }));
    expect(await panel.findByText('Rows 1 to 2')).toBeVisible();
  });

  test('a file that cannot be read says where, and there is nothing else to see', async () => {
    const error = {
      code: 'DATASET_UNREADABLE' as const,
      message: 'The file is no CSV.',
      issues: [{ path: ['line', 7], rule: 'ragged', message: 'has 4 values where 3 are expected' }],
    };
    openOne({
      latest: version({
        state: 'failed',
        error,
        rows: null,
        columns: [],
      }),
    });
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('penguins.csv could not be read');
    expect(alert).toHaveTextContent('line 7: has 4 values where 3 are expected');
    expect(screen.queryByRole('tab', { name: 'Rows' })).toBeNull();
    expect(screen.queryByRole('link', { name: 'Score with a model' })).toBeNull();
  });

  test('one that is being read shows itself when it is ready', async () => {
    openOne({ latest: version({ state: 'importing', rows: null, columns: [] }) });
    expect(await screen.findByRole('progressbar', { name: 'Reading penguins.csv' })).toBeVisible();
    api.answer('datasets.get', dataset());
    expect(await screen.findByRole('list', { name: 'Columns' }, { timeout: 8000 })).toBeVisible();
  });

  test('asks for its columns alone, so that nothing else waits while they are looked at', async () => {
    openOne();
    const asked: string[] = [];
    api.answer('datasets.profile', (_input, { url }) => {
      asked.push(url);
      return profile();
    });
    expect(await screen.findByRole('list', { name: 'Columns' })).toBeVisible();
    expect(asked).toEqual([expect.not.stringContaining('batch=')]);
  });

  test('versions tell what changed, and an older one can be shown', async () => {
    const changes = { added: [{ name: 'sex', type: 'text' as const }], removed: [], retyped: [] };
    const latest = version({ version: 2, changes });
    const user = openOne({ latest });
    api.answer('datasets.versions', { items: [latest, version()] });
    await user.click(await screen.findByRole('tab', { name: 'Versions' }));
    expect(await screen.findByText('New: sex (text)')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Show version 1' }));
    await user.click(screen.getByRole('tab', { name: 'Columns' }));
    await expect
      .poll(() => api.inputsOf('datasets.profile').at(-1))
      .toEqual({ id: dataset().id, version: 1 });
  });

  test('is renamed, described and tagged', async () => {
    const user = openOne();
    api.answer('datasets.update', dataset({ name: 'Birds' }));
    await user.click(await screen.findByRole('tab', { name: 'Details' }));
    const name = screen.getByLabelText('Name');
    await user.clear(name);
    await user.type(name, 'Birds');
    await user.type(screen.getByLabelText('Tags'), 'a, b,, a');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('Saved')).toBeVisible();
    expect(api.inputsOf('datasets.update')).toEqual([
      { id: dataset().id, name: 'Birds', description: '', tags: ['a', 'b'] },
    ]);
  });

  test('says which version is shown, where that is not the latest', async () => {
    const latest = version({ version: 2, rows: 2000 });
    const user = openOne({ latest });
    api.answer('datasets.versions', { items: [latest, version()] });
    await user.click(await screen.findByRole('tab', { name: 'Versions' }));
    expect(screen.queryByText(/is shown$/)).toBeNull();
    await user.click(await screen.findByRole('button', { name: 'Show version 1' }));
    expect(screen.getByText('version 1 is shown')).toBeVisible();
    // a job reads the latest one
    expect(screen.getByRole('link', { name: 'Score the latest version' })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Show version 2' }));
    expect(screen.queryByText(/is shown$/)).toBeNull();
  });

  test('is shared, and not any more', async () => {
    const grace = {
      userId: '0193a1b2-0000-7000-8000-000000000009',
      name: 'Grace',
      email: 'grace@example.com',
      createdAt: '2026-05-01T09:05:07.000Z',
    };
    const user = openOne();
    api.answer('datasets.share', () => {
      api.answer('datasets.shares', { items: [grace] });
      return { items: [grace] };
    });
    api.answer('datasets.unshare', () => {
      api.answer('datasets.shares', { items: [] });
      return { items: [] };
    });
    await user.click(await screen.findByRole('tab', { name: 'Sharing' }));
    expect(await screen.findByText('Nobody else reads it.')).toBeVisible();
    await user.type(screen.getByLabelText('E-mail'), 'grace@example.com{Enter}');
    await user.click(await screen.findByRole('button', { name: 'Stop sharing with Grace' }));
    expect(await screen.findByText('Nobody else reads it.')).toBeVisible();
  });

  test('what is shared with one can be read and scored, and not changed', async () => {
    openOne({ isMine: false });
    expect(await screen.findByRole('link', { name: 'Score with a model' })).toBeVisible();
    expect(screen.queryByRole('tab', { name: 'Details' })).toBeNull();
    expect(screen.queryByRole('tab', { name: 'Sharing' })).toBeNull();
  });

  test('what is shared with one can be left: that asks first, and leads back to the list', async () => {
    const user = openOne({ isMine: false });
    api.answer('datasets.list', { items: [], nextCursor: null });
    api.answer('datasets.leave', dataset({ isMine: false }));
    await user.click(await screen.findByRole('button', { name: 'Leave Penguins of 2025' }));
    expect(api.inputsOf('datasets.leave')).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Yes, leave' }));
    expect(await screen.findByText(/There is none yet/)).toBeVisible();
    expect(api.inputsOf('datasets.leave')).toEqual([{ id: dataset().id }]);
  });

  test('leaving that is refused says why, and stays where it is', async () => {
    const user = openOne({ isMine: false });
    const detail = 'The dataset is not shared with you.';
    api.refuse('datasets.leave', { code: 'NOT_FOUND', detail });
    await user.click(await screen.findByRole('button', { name: 'Leave Penguins of 2025' }));
    await user.click(screen.getByRole('button', { name: 'Yes, leave' }));
    expect(await screen.findByRole('alert')).toHaveTextContent(detail);
    expect(screen.getByRole('heading', { level: 2, name: 'Penguins of 2025' })).toBeVisible();
  });

  test('one that could not be read can be left too', async () => {
    openOne({ isMine: false, latest: version({ state: 'failed', rows: null, columns: [] }) });
    expect(await screen.findByRole('button', { name: 'Leave Penguins of 2025' })).toBeVisible();
  });

  test('what an admin sees, and nobody shared, cannot be left', async () => {
    openOne({ isMine: false }, root);
    expect(await screen.findByText('somebody else’s')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Leave Penguins of 2025' })).toBeNull();
  });

  test('one’s own cannot be left', async () => {
    openOne();
    expect(await screen.findByRole('tab', { name: 'Sharing' })).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Leave Penguins of 2025' })).toBeNull();
  });

  test('deleting asks first, and leads back to the list', async () => {
    const user = openOne();
    api.answer('datasets.list', { items: [], nextCursor: null });
    api.answer('datasets.delete', dataset({ deletedAt: '2026-05-02T00:00:00.000Z' }));
    await user.click(await screen.findByRole('tab', { name: 'Details' }));
    await user.click(screen.getByRole('button', { name: 'Delete Penguins of 2025' }));
    expect(api.inputsOf('datasets.delete')).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Yes, delete' }));
    expect(await screen.findByText(/There is none yet/)).toBeVisible();
  });

  test('one that is not there says so', async () => {
    api.refuse('datasets.get', { code: 'NOT_FOUND', detail: 'There is no such dataset.' });
    open('#/datasets/0193a1b2-0000-7000-8000-0000000000d9');
    expect(await screen.findByRole('alert')).toHaveTextContent('There is no such dataset.');
  });
});
