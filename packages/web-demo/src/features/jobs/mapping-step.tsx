import type { ColumnMapping, Dataset, ModelSummary } from '@oriel/schemas';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Panel } from '../../components/panel.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { useTRPC } from '../../lib/trpc.ts';
import { CheckPanel } from './check-panel.tsx';
import { MappingTable } from './mapping-table.tsx';
import { SchedulePanel } from './schedule-panel.tsx';
import { StartPanel } from './start-panel.tsx';

/** Which column fills which field: proposed by the server, changed at will, and then checked or used. */
export function MappingStep({ dataset, model }: { dataset: Dataset; model: ModelSummary }) {
  const trpc = useTRPC();
  const [changes, setChanges] = useState<Readonly<Record<string, string | null>>>({});
  const { data, error, isPending } = useQuery(
    trpc.datasets.mapping.queryOptions(
      { id: dataset.id, version: dataset.latest.version, model: model.id },
      { staleTime: Infinity },
    ),
  );
  if (!data)
    return (
      <Panel title="Columns for its fields">
        <QueryState isPending={isPending} error={error} />
      </Panel>
    );

  const mapping = toMapping(data.mapping, changes);
  const missing = data.fields.filter(({ field, isRequired }) => isRequired && !(field in mapping));
  // what was checked or asked for is with these columns; with others, it begins anew
  const key = JSON.stringify(mapping);
  return (
    <>
      <Panel title="Columns for its fields">
        <MappingTable
          fields={data.fields}
          columns={dataset.latest.columns}
          mapping={mapping}
          onChange={(field, column) => setChanges({ ...changes, [field]: column })}
        />
      </Panel>
      <CheckPanel key={`check ${key}`} job={{ datasetId: dataset.id, model: model.id, mapping }} />
      <StartPanel
        dataset={dataset}
        model={model}
        mapping={mapping}
        missing={missing.map(({ field }) => field)}
      />
      <SchedulePanel key={`schedule ${key}`} dataset={dataset} model={model} mapping={mapping} />
    </>
  );
}

/** The proposal with what a person changed; null leaves a field out. */
function toMapping(proposed: ColumnMapping, changes: Readonly<Record<string, string | null>>): ColumnMapping {
  const all = Object.entries({ ...proposed, ...changes });
  return Object.fromEntries(all.flatMap(([field, column]) => (column === null ? [] : [[field, column]])));
}
