import type { ComponentProps } from 'react';

const looks = {
  solid: 'rounded-lg bg-solid text-on-solid hover:bg-solid-hover font-medium px-4 py-2',
  plain: 'rounded-lg border border-control bg-card hover:bg-hover px-3 py-1.5',
  pill: 'border border-control bg-card hover:bg-hover rounded-full px-3 py-1 text-left',
  quiet: 'rounded-lg text-muted hover:bg-hover hover:text-ink px-2 py-1.5',
} as const;

type Props = ComponentProps<'button'> & {
  look?: keyof typeof looks;
  /** Does nothing while true, but keeps the focus, which `disabled` would lose. */
  isBusy?: boolean;
};

export function Button({ look = 'plain', isBusy = false, className = '', onClick, ...props }: Props) {
  return (
    <button
      type="button"
      aria-disabled={isBusy || undefined}
      onClick={isBusy ? (event) => event.preventDefault() : onClick}
      className={`inline-flex items-center justify-center gap-1.5 text-sm transition-colors disabled:cursor-not-allowed disabled:opacity-45 aria-disabled:cursor-progress ${looks[look]} ${className}`}
      {...props}
    />
  );
}
