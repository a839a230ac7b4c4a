interface Props {
  /** What is on its way, for those who do not see the bar. */
  readonly label: string;
  readonly value: number;
  /** The value at which it is done; null while nobody knows. */
  readonly max: number | null;
  readonly tone?: 'running' | 'resting' | 'failed';
}

const tones = { running: 'bg-bar-top', resting: 'bg-bar', failed: 'bg-danger' } as const;

/** How far something is; moves to and fro while that is not known. What it says stands in words beside it. */
export function ProgressBar({ label, value, max, tone = 'running' }: Props) {
  const part = max === null ? null : max === 0 ? 1 : Math.min(1, value / max);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={part === null ? undefined : Math.floor(part * 100)}
      className="h-2.5 overflow-hidden rounded-full bg-hover"
    >
      <div
        className={`h-full rounded-full transition-[width] duration-300 ease-out ${tones[tone]} ${part === null ? 'w-1/3 animate-pulse' : ''}`}
        style={part === null ? undefined : { width: `${part * 100}%` }}
      />
    </div>
  );
}
