import type { ReactNode } from 'react';

/** What a page is about. */
export function PageHeading({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="wrap-anywhere">
      <h2 className="text-xl font-semibold tracking-tight">{title}</h2>
      {children && <p className="text-sm text-muted">{children}</p>}
    </div>
  );
}
