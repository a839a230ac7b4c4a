/** Holds the place of what is being loaded, and says so. */
export function Skeleton({ label, lines = 3 }: { label: string; lines?: number }) {
  return (
    <div role="status" className="animate-pulse space-y-2.5">
      <span className="sr-only">{label}</span>
      {Array.from({ length: lines }, (_, line) => (
        // the lines are all alike and never move
        <div key={line} aria-hidden className="h-4 rounded bg-hover" style={{ width: `${95 - ((line * 23) % 50)}%` }} />
      ))}
    </div>
  );
}
