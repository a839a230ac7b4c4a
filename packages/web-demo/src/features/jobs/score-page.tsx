import type { Dataset, ModelSummary } from '@oriel/schemas';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Notice } from '../../components/notice.tsx';
import { PageHeading } from '../../components/page-heading.tsx';
import { ReadFailure } from '../../components/read-failure.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { formatCountOf } from '../../lib/format.ts';
import { toDatasetLink } from '../../lib/links.ts';
import { useTRPC } from '../../lib/trpc.ts';
import { MappingStep } from './mapping-step.tsx';

/** How soon to look again while it is being read. */
const refetchMs = 1000;

/** Has a model score every row of a dataset: which model, which column for which field, check, start. */
export function ScorePage({ datasetId }: { datasetId: string }) {
  const trpc = useTRPC();
  const dataset = useReadable(datasetId);
  const models = useQuery(trpc.models.list.queryOptions());
  const error = dataset.error ?? models.error;
  if (error && !(dataset.data && models.data)) return <ReadFailure error={error} />;
  if (!dataset.data || !models.data) return <Skeleton label="Loading the dataset…" lines={4} />;
  const { name, latest } = dataset.data;
  const isReady = latest.state === 'ready';
  return (
    <>
      <PageHeading title="Score with a model">
        <a href={toDatasetLink(datasetId)} className="text-accent underline">
          {name}
        </a>
        {isReady && `, ${formatCountOf(latest.rows ?? 0, 'row')}`}
      </PageHeading>
      {isReady ? (
        <ChooseModel dataset={dataset.data} models={models.data.models} />
      ) : latest.state === 'importing' ? (
        <Notice tone="info" title={`The server still reads ${latest.sourceName}.`} />
      ) : (
        <Notice tone="error" title={latest.error?.message ?? `${latest.sourceName} could not be read.`} />
      )}
    </>
  );
}

/** The dataset at its latest version that can be scored: a newer one may be read just now, or be broken. */
function useReadable(id: string) {
  const trpc = useTRPC();
  const dataset = useQuery(
    trpc.datasets.get.queryOptions(
      { id },
      { refetchInterval: ({ state }) => (state.data?.latest.state === 'importing' ? refetchMs : false) },
    ),
  );
  const isOlderWanted =
    dataset.data !== undefined && dataset.data.latest.state !== 'ready' && dataset.data.latest.version > 1;
  const versions = useQuery(trpc.datasets.versions.queryOptions({ id }, { enabled: isOlderWanted }));
  if (!dataset.data || !isOlderWanted) return { data: dataset.data, error: dataset.error };
  const latest = versions.data?.items.find(({ state }) => state === 'ready') ?? dataset.data.latest;
  return { data: versions.data && { ...dataset.data, latest }, error: versions.error };
}

function ChooseModel({ dataset, models }: { dataset: Dataset; models: readonly ModelSummary[] }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const model = models.find(({ id }) => id === (chosen ?? models[0]?.id));
  if (!model) return <Notice tone="info" title="This server has no models" />;
  return (
    <>
      <div className="max-w-md">
        <SelectField
          name="model"
          label="Model"
          options={Object.fromEntries(models.map(({ id, title }) => [id, title]))}
          value={model.id}
          onChange={({ target }) => setChosen(target.value)}
          help={model.description}
        />
      </div>
      <MappingStep key={`${model.id} ${dataset.latest.version}`} dataset={dataset} model={model} />
    </>
  );
}
