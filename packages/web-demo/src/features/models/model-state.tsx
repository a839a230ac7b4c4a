import type { ModelSummary } from '@oriel/schemas';
import { Badge, type Tone } from '../../components/badge.tsx';

const toneOf: Record<ModelSummary['state'], Tone> = {
  ready: 'success',
  loading: 'warning',
  failed: 'danger',
};

/** Whether a model answers. */
export function ModelState({ state }: { state: ModelSummary['state'] }) {
  return (
    <Badge tone={toneOf[state]}>
      <span
        aria-hidden
        className={`size-1.5 rounded-full bg-current ${state === 'loading' ? 'animate-pulse' : ''}`}
      />
      {state}
    </Badge>
  );
}
