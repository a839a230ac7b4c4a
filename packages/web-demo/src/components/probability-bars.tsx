import { formatProbability } from '../lib/format.ts';

export interface Probability {
  readonly label: string;
  /** 0 to 1. */
  readonly value: number;
}

/** Probabilities as labelled bars, the most probable one marked; a lone one needs no title beside its label. The numbers stand in the text; the bars repeat them. */
export function ProbabilityBars({ title, entries }: { title: string; entries: readonly Probability[] }) {
  const top = Math.max(...entries.map((entry) => entry.value));
  return (
    <div>
      {entries.length > 1 && <p className="mb-2 text-sm font-medium">{title}</p>}
      <ul
        aria-label={title}
        className="grid grid-cols-[fit-content(9rem)_1fr_auto] items-center gap-x-3 gap-y-1.5 text-sm"
      >
        {entries.map(({ label, value }) => {
          const isTop = entries.length > 1 && value === top;
          return (
            <li key={label} className="col-span-3 grid grid-cols-subgrid items-center">
              <span className={`wrap-anywhere ${isTop ? 'font-medium' : 'text-muted'}`}>{label}</span>
              <span aria-hidden className="h-2.5 overflow-hidden rounded-full bg-hover">
                <span
                  className={`block h-full min-w-0.5 rounded-full transition-[width] duration-300 ease-out ${isTop || entries.length === 1 ? 'bg-bar-top' : 'bg-bar'}`}
                  style={{ width: `${Math.min(1, Math.max(0, value)) * 100}%` }}
                />
              </span>
              <span className={`text-right tabular-nums ${isTop ? 'font-medium' : 'text-muted'}`}>
                {formatProbability(value)}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
