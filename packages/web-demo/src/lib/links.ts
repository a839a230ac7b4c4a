import type { ExportFormat, ListRowsInput } from '@oriel/schemas';

/** Which rows of a dataset, and in which order. */
export type RowSelection = Pick<ListRowsInput, 'version' | 'columns' | 'filter' | 'sort'>;

/** Where a dataset is shown. */
export const toDatasetLink = (id: string): string => `#/datasets/${id}`;
/** Where a dataset is scored with a model. */
export const toScoreLink = (datasetId: string): string => `#/datasets/${datasetId}/score`;
/** Where a job is shown. */
export const toJobLink = (id: string): string => `#/jobs/${id}`;

/** Where the selected rows of a dataset are downloaded from; the session of the browser is asked for. */
export function toExportUrl(id: string, format: ExportFormat, selection: RowSelection = {}): string {
  const { version, columns, filter, sort } = selection;
  const query = new URLSearchParams({ format });
  if (version !== undefined) query.set('version', String(version));
  if (columns) query.set('columns', JSON.stringify(columns));
  if (filter) query.set('filter', JSON.stringify(filter));
  if (sort && sort.length > 0) query.set('sort', JSON.stringify(sort));
  return `/api/v1/datasets/${id}/export?${query}`;
}
