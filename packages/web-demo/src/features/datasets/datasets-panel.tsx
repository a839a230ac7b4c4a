import { type FormEvent, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Panel } from '../../components/panel.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { textIn } from '../../lib/form-data.ts';
import { usePagedList } from '../../lib/paged-list.ts';
import { useIsAdmin } from '../../lib/session.ts';
import { useTRPC, useTRPCClient } from '../../lib/trpc.ts';
import { DatasetRow } from './dataset-row.tsx';

/** How soon to look again while something is being read. */
const refetchMs = 1500;

interface Search {
  readonly text: string;
  readonly isDeleted: boolean;
}

/** The datasets there are, newest first. */
export function DatasetsPanel() {
  const [search, setSearch] = useState<Search>({ text: '', isDeleted: false });
  const { query: datasets, items } = useDatasets(search);
  const title = useIsAdmin() ? 'Everybody’s datasets' : 'Your datasets';
  return (
    <Panel title={title} aside={<SearchForm search={search} onSearch={setSearch} />}>
      <QueryState isPending={datasets.isPending} error={datasets.error} />
      {datasets.data && items.length === 0 && (
        <p className="rounded-lg border border-dashed border-line p-6 text-center text-sm text-muted">
          {emptyWords(search)}
        </p>
      )}
      <ul aria-label="Datasets" className="divide-y divide-line">
        {items.map((dataset) => (
          <DatasetRow key={dataset.id} dataset={dataset} />
        ))}
      </ul>
      {datasets.hasNextPage && (
        <Button
          className="mt-3"
          isBusy={datasets.isFetchingNextPage}
          onClick={() => void datasets.fetchNextPage()}
        >
          Older
        </Button>
      )}
    </Panel>
  );
}

function useDatasets({ text, isDeleted }: Search) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const input = { deleted: isDeleted, ...(text !== '' && { text }) };
  return usePagedList({
    queryKey: trpc.datasets.list.infiniteQueryKey(input),
    readPage: (cursor, signal) => client.datasets.list.query({ ...input, cursor }, { signal }),
    refetch: { everyMs: refetchMs, isWanted: ({ latest }) => latest.state === 'importing' },
  });
}

function emptyWords({ text, isDeleted }: Search): string {
  if (text !== '') return `None has “${text}” in its name.`;
  return isDeleted ? 'Nothing was deleted lately.' : 'There is none yet. Upload a file to begin.';
}

function SearchForm({ search, onSearch }: { search: Search; onSearch: (search: Search) => void }) {
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    onSearch({ ...search, text: textIn(new FormData(event.currentTarget), 'text').trim() });
  }
  return (
    <form aria-label="Search" onSubmit={submit} className="flex flex-wrap items-center gap-2">
      <label className="flex items-center gap-1.5 text-sm text-muted">
        <input
          type="checkbox"
          checked={search.isDeleted}
          onChange={({ target }) => onSearch({ ...search, isDeleted: target.checked })}
        />
        Deleted
      </label>
      <input type="search" name="text" aria-label="Name" placeholder="Name" className="control w-40!" />
      <Button type="submit">Search</Button>
    </form>
  );
}
