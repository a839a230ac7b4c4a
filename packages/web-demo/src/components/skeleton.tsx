const widths = ['95%', '72%', '88%', '64%', '80%', '70%'] as const;

/** Holds the place of what is being loaded, and says so. */
export function Skeleton({ label, lines = 3 }: { label: string; lines?: 1 | 2 | 3 | 4 | 5 | 6 }) {
  return (
    <div role="status" className="animate-pulse space-y-2.5">
      <span className="sr-only">{label}</span>
      {widths.slice(0, lines).map((width) => (
        <div key={width} aria-hidden className="h-4 rounded bg-hover" style={{ width }} />
      ))}
    </div>
  );
}
