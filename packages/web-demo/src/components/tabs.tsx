import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';

export interface Tab {
  readonly id: string;
  readonly title: string;
  readonly content: ReactNode;
}

const stepOf: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  Home: -Infinity,
  End: Infinity,
};

/**
 * One of several contents. Arrow keys, Home and End move between the tabs.
 * @see ARIA Authoring Practices, "Tabs with automatic activation"
 */
export function Tabs({ label, tabs }: { label: string; tabs: readonly [Tab, ...Tab[]] }) {
  const prefix = useId();
  const [openId, setOpenId] = useState(tabs[0].id);
  const buttons = useRef(new Map<string, HTMLButtonElement>());
  const open = tabs.find((tab) => tab.id === openId) ?? tabs[0];

  function onKeyDown(event: KeyboardEvent) {
    const step = stepOf[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = tabs[nextIndex(tabs.indexOf(open), step, tabs.length)] ?? open;
    setOpenId(next.id);
    buttons.current.get(next.id)?.focus();
  }

  return (
    <div>
      <div
        role="tablist"
        aria-label={label}
        onKeyDown={onKeyDown}
        className="mb-3 inline-flex flex-wrap gap-1 rounded-lg bg-sunken p-1"
      >
        {tabs.map(({ id, title }) => (
          <button
            key={id}
            ref={(button) => {
              if (button) buttons.current.set(id, button);
            }}
            type="button"
            role="tab"
            id={`${prefix}-tab-${id}`}
            aria-selected={id === open.id}
            aria-controls={`${prefix}-panel`}
            tabIndex={id === open.id ? 0 : -1}
            onClick={() => setOpenId(id)}
            className="rounded-md px-3 py-1 text-sm text-muted transition-colors hover:text-ink aria-selected:bg-card aria-selected:font-medium aria-selected:text-ink aria-selected:shadow-sm"
          >
            {title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${prefix}-panel`} aria-labelledby={`${prefix}-tab-${open.id}`}>
        {open.content}
      </div>
    </div>
  );
}

/** One step round the ring of tabs; an infinite step goes to the first or the last. */
function nextIndex(index: number, step: number, count: number): number {
  if (!Number.isFinite(step)) return step < 0 ? 0 : count - 1;
  return (index + step + count) % count;
}
