import type { ListRowsInput } from '@oriel/schemas';
import type { AppRouter } from '@oriel/server';
import type { TRPCClient } from '@trpc/client';

/** The procedures that the helpers call. */
export type ApiCalls = Pick<TRPCClient<AppRouter>, 'datasets' | 'jobs'>;

/** Which rows of which dataset: the latest version, all columns and all rows, but for what is said. */
export type RowSelection = Pick<ListRowsInput, 'id' | 'version' | 'columns' | 'filter' | 'sort'>;
