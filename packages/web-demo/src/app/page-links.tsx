import type { Route } from './route.ts';

const links = [
  { href: '#/', label: 'Models', pages: ['models'] },
  { href: '#/datasets', label: 'Datasets', pages: ['datasets', 'dataset', 'score'] },
  { href: '#/jobs', label: 'Jobs', pages: ['jobs', 'job'] },
] as const satisfies readonly { href: string; label: string; pages: readonly Route['page'][] }[];

/** The parts of the page, and which of them is open. */
export function PageLinks({ page }: Pick<Route, 'page'>) {
  return (
    <nav aria-label="Pages" className="mx-auto flex max-w-6xl gap-1 px-2 text-sm sm:px-4">
      {links.map(({ href, label, pages }) => (
        <a
          key={href}
          href={href}
          aria-current={pages.some((each) => each === page) ? 'page' : undefined}
          className="border-b-2 border-transparent px-3 py-2 text-muted transition-colors hover:text-ink aria-[current]:border-accent aria-[current]:font-medium aria-[current]:text-ink"
        >
          {label}
        </a>
      ))}
    </nav>
  );
}
