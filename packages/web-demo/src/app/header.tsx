import { BookOpen, HeartPulse, type LucideIcon } from 'lucide-react';
import { ThemeToggle } from '../components/theme-toggle.tsx';

/** What this is, and where else to go. */
export function Header() {
  return (
    <header className="border-b border-line bg-card">
      <div className="mx-auto grid max-w-6xl grid-cols-[auto_1fr_auto] items-center gap-x-3 px-4 py-3 sm:px-6">
        <img src="/oriel.svg" alt="" className="size-9 sm:row-span-2" />
        <h1 className="text-lg leading-tight font-semibold tracking-tight">Oriel</h1>
        <nav aria-label="Site" className="-mr-2 flex items-center text-sm sm:row-span-2">
          <NavLink href="/docs" Icon={BookOpen} label="API" />
          <NavLink href="/health/ready" Icon={HeartPulse} label="Health" />
          <ThemeToggle />
        </nav>
        <p className="col-span-full mt-1 text-sm leading-snug text-muted sm:col-span-1 sm:col-start-2 sm:mt-0">
          Machine-learning models behind a type-safe API: try them here, call them from code.
        </p>
      </div>
    </header>
  );
}

function NavLink({ href, label, Icon }: { href: string; label: string; Icon: LucideIcon }) {
  return (
    <a
      href={href}
      className="inline-flex items-center gap-1.5 rounded-lg px-2.5 py-1.5 text-muted transition-colors hover:bg-hover hover:text-ink"
    >
      <Icon aria-hidden className="size-4" /> {label}
    </a>
  );
}
