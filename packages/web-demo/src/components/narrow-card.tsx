import type { ReactNode } from 'react';

/** A page of one form. */
export function NarrowCard({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto max-w-md space-y-5 rounded-xl border border-line bg-card p-5 sm:p-6">
      {children}
    </div>
  );
}
