import { type ReactNode, type Ref, useId } from 'react';

interface Props {
  readonly title: string;
  /** Stands at the right end of the title's line. */
  readonly aside?: ReactNode;
  readonly className?: string;
  readonly ref?: Ref<HTMLElement>;
  readonly children: ReactNode;
}

/** A titled part of the page; also a landmark. */
export function Panel({ title, aside, className = '', ref, children }: Props) {
  const titleId = useId();
  return (
    <section
      ref={ref}
      aria-labelledby={titleId}
      className={`rounded-xl border border-line bg-card p-4 sm:p-5 ${className}`}
    >
      <div className="mb-4 flex min-h-8 flex-wrap items-center justify-between gap-2">
        <h3 id={titleId} className="text-base font-semibold">
          {title}
        </h3>
        {aside}
      </div>
      {children}
    </section>
  );
}
