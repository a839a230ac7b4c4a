import type { ModelSummary } from '@oriel/schemas';
import { FileText, Image, type LucideIcon, Table2 } from 'lucide-react';
import { ModelState } from './model-state.tsx';

const iconOf: Record<ModelSummary['task'], LucideIcon> = { tabular: Table2, text: FileText, image: Image };

interface Props {
  readonly models: readonly ModelSummary[];
  readonly selectedId: string | null;
  readonly onSelect: (id: string) => void;
}

/** One choice among the models. Radio buttons, so that arrow keys and screen readers know what to do. */
export function ModelPicker({ models, selectedId, onSelect }: Props) {
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-medium">Pick a model</legend>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,15.5rem),1fr))] gap-3">
        {models.map(({ id, title, task, state }) => {
          const Icon = iconOf[task];
          return (
            <label
              key={id}
              className="group flex items-center gap-3 rounded-xl border border-line bg-card p-3 transition-colors hover:bg-hover has-checked:border-solid has-checked:bg-soft has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-solid"
            >
              <input
                type="radio"
                name="model"
                value={id}
                checked={id === selectedId}
                onChange={() => onSelect(id)}
                className="sr-only"
              />
              <span className="grid size-9 shrink-0 place-items-center rounded-lg bg-hover text-muted group-has-checked:bg-solid group-has-checked:text-on-solid">
                <Icon aria-hidden className="size-5" />
              </span>
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium">{title}</span>
                <span className="flex items-center justify-between gap-2">
                  <span className="truncate font-mono text-xs text-muted">{id}</span>
                  <ModelState state={state} />
                </span>
              </span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
