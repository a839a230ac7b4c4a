import { hasErrorCode } from '@oriel/client';
import type { ModelSummary } from '@oriel/schemas';
import { useQuery } from '@tanstack/react-query';
import { Notice } from '../components/notice.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { ModelPicker } from '../features/models/model-picker.tsx';
import { useTRPC } from '../lib/trpc.ts';
import { ModelPage } from './model-page.tsx';
import { useSelectedModelId } from './selected-model.ts';
import { SignInFirst } from './sign-in-first.tsx';

/** How soon to ask again while something is not as it should be. */
const retryMs = 3000;

/** The models of the server and the one that is picked. Finds a server again that was away. */
export function ModelsSection() {
  const trpc = useTRPC();
  const { data, error, isPending } = useQuery(
    trpc.models.list.queryOptions(undefined, {
      refetchInterval: ({ state }) =>
        state.error || state.data?.models.some(({ state }) => state === 'loading') ? retryMs : false,
    }),
  );
  const [namedId, select] = useSelectedModelId();

  if (hasErrorCode(error, 'UNAUTHENTICATED')) return <SignInFirst />;
  if (error && !data) return <NoServer />;
  if (isPending || !data) return <Skeleton label="Loading the models…" lines={4} />;
  const { models } = data;
  const selected = namedId === null ? models[0] : models.find((model) => model.id === namedId);
  return (
    <div className="space-y-6">
      {error && <NoServer />}
      <ModelPicker models={models} selectedId={selected?.id ?? null} onSelect={select} />
      {selected ? (
        <ModelPage key={selected.id} summary={selected} />
      ) : (
        <NoModel models={models} id={namedId} />
      )}
    </div>
  );
}

function NoServer() {
  return (
    <Notice tone="error" title="The server does not answer">
      <p className="text-sm">Check that it is running (npm start). This page asks again every few seconds.</p>
    </Notice>
  );
}

function NoModel({ models, id }: { models: readonly ModelSummary[]; id: string | null }) {
  if (models.length === 0) return <Notice tone="info" title="This server has no models" />;
  return (
    <>
      {/* where a model's name stands otherwise: what follows has headings below it */}
      <h2 className="sr-only">No model</h2>
      <Notice tone="warning" title={`There is no model “${id}”`}>
        <p className="text-sm">Pick one of those above.</p>
      </Notice>
    </>
  );
}
