import type { ReactNode } from 'react';

interface Props {
  readonly label: string;
  readonly titles: readonly string[];
  /** Whether cells stay on one line, and the table is scrolled instead. */
  readonly isUnwrapped?: boolean;
  /** The rows. */
  readonly children: ReactNode;
}

/** A table with its titles that scrolls where the page is narrower than it. */
export function ScrolledTable({ label, titles, isUnwrapped = false, children }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label={label} tabIndex={0} className="overflow-x-auto">
      <table className={`w-full text-left text-[0.8125rem] ${isUnwrapped ? 'whitespace-nowrap' : ''}`}>
        <thead className="border-b border-line text-xs text-muted">
          <tr>
            {titles.map((title) => (
              <th key={title} scope="col" className="py-2 pr-3 font-medium">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
