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

/** Has a model score every row of a dataset: which model, which column for which field, check, start. */
export function ScorePage({ datasetId }: { datasetId: string }) {
  const trpc = useTRPC();
  const dataset = useQuery(trpc.datasets.get.queryOptions({ id: datasetId }));
  const models = useQuery(trpc.models.list.queryOptions());
  const error = dataset.error ?? models.error;
  if (error && !(dataset.data && models.data)) return <ReadFailure error={error} />;
  if (!dataset.data || !models.data) return <Skeleton label="Loading the dataset…" lines={4} />;
  return (
    <>
      <PageHeading title="Score with a model">
        <a href={toDatasetLink(datasetId)} className="text-accent underline">
          {dataset.data.name}
        </a>
        , {formatCountOf(dataset.data.latest.rows ?? 0, 'row')}
      </PageHeading>
      <ChooseModel dataset={dataset.data} models={models.data.models} />
    </>
  );
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
      <MappingStep key={model.id} dataset={dataset} model={model} />
    </>
  );
}
