import type { ModelDetail } from '@oriel/schemas';
import { ChevronRight } from 'lucide-react';
import { type ReactNode, Suspense, useState } from 'react';
import { Badge } from '../../components/badge.tsx';
import { lazyPart } from '../../components/lazy-part.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { VersionTable } from './version-table.tsx';

// Markdown is only needed by those who open a card
const ModelCard = lazyPart('The model card', async () => (await import('./model-card.tsx')).ModelCard);

/** What a model is, with its card and its versions for those who want to know. */
export function ModelAbout({ model }: { model: ModelDetail }) {
  const { title, description, defaultVersion, card, versions } = model;
  return (
    <div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="text-xl font-semibold tracking-tight">{title}</h2>
        <Badge>{defaultVersion ? `version ${defaultVersion}` : 'no version'}</Badge>
      </div>
      <p className="mt-1 max-w-[80ch] text-muted">{description}</p>
      <div className="mt-3 space-y-1">
        {card && (
          <Disclosure title="Model card">
            <Suspense fallback={<Skeleton label="Loading the model card…" />}>
              <ModelCard markdown={card} />
            </Suspense>
          </Disclosure>
        )}
        <Disclosure title="Versions and tensors">
          <VersionTable versions={versions} />
        </Disclosure>
      </div>
    </div>
  );
}

/** Content that is not even made before it is asked for. */
function Disclosure({ title, children }: { title: string; children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)} className="group">
      <summary className="inline-flex list-none items-center gap-1 rounded text-sm font-medium text-accent [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden className="size-4 transition-transform group-open:rotate-90" />
        {title}
      </summary>
      {isOpen && <div className="mt-2 mb-3 rounded-xl border border-line bg-card p-4 sm:p-5">{children}</div>}
    </details>
  );
}
