import { BookOpen, HeartPulse } from 'lucide-react';
import { ThemeToggle } from '../components/theme-toggle.tsx';

/** What this is, and where else to go. */
export function Header() {
  return (
    <header className="border-b border-line bg-card">
      <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3 sm:px-6">
        <div className="flex min-w-0 flex-1 basis-72 items-center gap-3">
          <img src="/oriel.svg" alt="" className="size-9 shrink-0" />
          <div className="min-w-0">
            <h1 className="text-lg leading-tight font-semibold tracking-tight">Oriel</h1>
            <p className="text-sm leading-snug text-muted">Machine-learning models behind a type-safe API: try them here, call them from code.</p>
          </div>
        </div>
        <nav aria-label="Site" className="-mx-2 flex items-center gap-1 text-sm">
          <NavLink href="/docs">
            <BookOpen aria-hidden className="size-4" /> API
          </NavLink>
          <NavLink href="/health/ready">
            <HeartPulse aria-hidden className="size-4" /> Health
          </NavLink>
          <ThemeToggle />
        </nav>
      </div>
    </header>
  );
}

function NavLink({ href, children }: { href: string; children: React.ReactNode }) {
  return (
    <a href={href} className="inline-flex items-center gap-1.5 rounded-lg px-2.5 py-1.5 text-muted transition-colors hover:bg-hover hover:text-ink">
      {children}
    </a>
  );
}
