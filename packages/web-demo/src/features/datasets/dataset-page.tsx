import type { Dataset } from '@oriel/schemas';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ReadFailure } from '../../components/read-failure.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { useTRPC } from '../../lib/trpc.ts';
import { ColumnsPanel } from './columns-panel.tsx';
import { DatasetHeading } from './dataset-heading.tsx';
import { DetailsPanel } from './details-panel.tsx';
import { ImportState } from './import-state.tsx';
import { RowsPanel } from './rows-panel.tsx';
import { SharingPanel } from './sharing-panel.tsx';
import { UploadList } from './upload-list.tsx';
import { useUploads } from './use-uploads.ts';
import { VersionsPanel } from './versions-panel.tsx';

/** How soon to look again while it is being read. */
const refetchMs = 1000;

/** One dataset: what is in it, its rows, its versions, and who may read it. */
export function DatasetPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data: dataset, error } = useQuery(
    trpc.datasets.get.queryOptions(
      { id },
      { refetchInterval: ({ state }) => (state.data?.latest.state === 'importing' ? refetchMs : false) },
    ),
  );
  if (error && !dataset) return <ReadFailure error={error} />;
  if (!dataset) return <Skeleton label="Loading the dataset…" lines={4} />;
  return <DatasetView key={id} dataset={dataset} />;
}

function DatasetView({ dataset }: { dataset: Dataset }) {
  const { id, isMine, latest, deletedAt } = dataset;
  const [chosen, setChosen] = useState<number | null>(null);
  const { uploads, start, stop, dismiss } = useUploads(id);
  // an older version can still be looked at while a new one is read, or when that failed
  const version = chosen ?? (latest.state === 'ready' || latest.version === 1 ? latest.version : null);
  const isReadable = chosen !== null || latest.state === 'ready' || latest.version > 1;
  const shown = { datasetId: id, version };
  const columns = { id: 'columns', title: 'Columns', content: <ColumnsPanel {...shown} /> };
  const rows = { id: 'rows', title: 'Rows', content: <RowsPanel key={version} {...shown} /> };
  const versions = {
    id: 'versions',
    title: 'Versions',
    content: (
      <VersionsPanel
        datasetId={id}
        shown={version}
        onShow={setChosen}
        onFile={isMine && deletedAt === null ? start : null}
      />
    ),
  };

  return (
    <>
      <DatasetHeading dataset={dataset} version={version} isReadable={isReadable} />
      <ImportState version={latest} />
      <UploadList uploads={uploads} onStop={stop} onDismiss={dismiss} />
      <Tabs
        // begins anew once there are rows to show
        key={String(isReadable)}
        label="Dataset"
        tabs={[
          ...(isReadable ? ([columns, rows, versions] as const) : ([versions] as const)),
          ...(isMine
            ? [
                { id: 'details', title: 'Details', content: <DetailsPanel dataset={dataset} /> },
                { id: 'sharing', title: 'Sharing', content: <SharingPanel datasetId={id} /> },
              ]
            : []),
        ]}
      />
    </>
  );
}
