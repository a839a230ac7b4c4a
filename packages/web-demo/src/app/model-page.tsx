import { problemOf } from '@oriel/client';
import type { ModelSummary } from '@oriel/schemas';
import { useQuery } from '@tanstack/react-query';
import { Button } from '../components/button.tsx';
import { Notice } from '../components/notice.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { ModelAbout } from '../features/models/model-about.tsx';
import { Playground } from '../features/playground/playground.tsx';
import { useTRPC } from '../lib/trpc.ts';

/** One model: what it is, and the playground. Mounted anew for each model, so nothing of one shows in another. */
export function ModelPage({ summary }: { summary: ModelSummary }) {
  const trpc = useTRPC();
  // a contract never changes while the server runs: reading it again would lose what stands in the form
  const model = useQuery(trpc.models.get.queryOptions({ id: summary.id }, { staleTime: Infinity }));

  if (model.isPending) return <Skeleton label={`Loading ${summary.title}…`} lines={6} />;
  if (model.isError) {
    return (
      <Notice tone="error" title={`${summary.title} could not be loaded`}>
        <p className="mb-2 text-sm">{problemOf(model.error)?.detail ?? 'The server does not answer.'}</p>
        <Button onClick={() => void model.refetch()}>Try again</Button>
      </Notice>
    );
  }
  return (
    <div className="space-y-4">
      <ModelAbout model={{ ...model.data, state: summary.state }} />
      <StateNotice
        summary={summary}
        reason={model.data.versions.find(({ state }) => state === 'failed')?.reason}
      />
      <Playground model={model.data} />
    </div>
  );
}

function StateNotice({ summary, reason }: { summary: ModelSummary; reason: string | undefined }) {
  if (summary.state === 'ready') return null;
  if (summary.state === 'loading')
    return <Notice tone="info" title="This model is loading: it answers in a moment" />;
  return (
    <Notice tone="error" title="This model cannot answer">
      <p className="text-sm">{reason ?? 'No version of it could be loaded.'}</p>
    </Notice>
  );
}
