import type { User } from '@oriel/schemas';
import { BookOpen, HeartPulse, LogIn, type LucideIcon, ShieldCheck, UserRound } from 'lucide-react';
import { ThemeToggle } from '../components/theme-toggle.tsx';
import { useAuthState } from '../lib/session.ts';
import { PageLinks } from './page-links.tsx';
import type { Route } from './route.ts';

/** What this is, who is here, and where else to go. */
export function Header({ page }: Pick<Route, 'page'>) {
  const { data: state, isPending } = useAuthState();
  return (
    <header className="border-b border-line bg-card">
      <div className="mx-auto grid max-w-6xl grid-cols-[auto_1fr_auto] items-center gap-x-3 px-4 py-3 sm:px-6">
        <img src="/oriel.svg" alt="" className="size-9 sm:row-span-2" />
        <h1 className="text-lg leading-tight font-semibold tracking-tight">
          <a href="#/">Oriel</a>
        </h1>
        <nav aria-label="Site" className="-mr-2 flex items-center text-sm sm:row-span-2">
          <NavLink href="/docs" Icon={BookOpen} label="API" />
          <NavLink href="/health/ready" Icon={HeartPulse} label="Health" />
          {!isPending && <AccountLinks user={state?.user ?? null} />}
          <ThemeToggle />
        </nav>
        <p className="col-span-full mt-1 text-sm leading-snug text-muted sm:col-span-1 sm:col-start-2 sm:mt-0">
          Machine-learning models behind a type-safe API: try them here, call them from code.
        </p>
      </div>
      <PageLinks page={page} />
    </header>
  );
}

function AccountLinks({ user }: { user: User | null }) {
  if (!user) return <NavLink href="#/sign-in" Icon={LogIn} label="Sign in" isAlwaysWords />;
  return (
    <>
      {user.role === 'admin' && <NavLink href="#/admin" Icon={ShieldCheck} label="Administration" />}
      <NavLink href="#/account" Icon={UserRound} label={user.name} />
    </>
  );
}

interface LinkProps {
  readonly href: string;
  readonly label: string;
  readonly Icon: LucideIcon;
  /** The words stay where there is little room, and do not only go to those who listen. */
  readonly isAlwaysWords?: boolean;
}

function NavLink({ href, label, Icon, isAlwaysWords = false }: LinkProps) {
  return (
    <a
      href={href}
      title={label}
      className="inline-flex items-center gap-1.5 rounded-lg px-2.5 py-1.5 text-muted transition-colors hover:bg-hover hover:text-ink"
    >
      <Icon aria-hidden className="size-4" />
      <span className={`max-w-32 truncate ${isAlwaysWords ? '' : 'sr-only sm:not-sr-only'}`}>{label}</span>
    </a>
  );
}
