import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

interface PagedList<Item> {
  readonly queryKey: QueryKey;
  readonly readPage: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Item>>;
  /** Looks again so soon, as long as an item is one of those. */
  readonly refetch?: { readonly everyMs: number; readonly isWanted: (item: Item) => boolean };
}

const firstPage: string | undefined = undefined;

/** A list that is read page by page. tRPC's own hook sends a direction, which lists that only go one way refuse. */
export function usePagedList<Item>({ queryKey, readPage, refetch }: PagedList<Item>) {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => readPage(pageParam, signal),
    initialPageParam: firstPage,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    refetchInterval: ({ state }) =>
      refetch && state.data?.pages.some(({ items }) => items.some(refetch.isWanted))
        ? refetch.everyMs
        : false,
  });
  return { query, items: query.data?.pages.flatMap(({ items }) => items) ?? [] };
}
