import type { User } from '@oriel/schemas';
import { type ReactNode, Suspense } from 'react';
import { Notice } from '../components/notice.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { RecentPredictions } from '../features/predictions/recent-predictions.tsx';
import { explainError } from '../lib/form-failure.ts';
import { useAuthState } from '../lib/session.ts';
import { AccountPage, AdminPage, SignInLinkPage, SignInPage, SignUpPage } from './lazy-pages.tsx';
import { ModelsSection } from './models-section.tsx';
import type { Route } from './route.ts';

/** What the URL names. */
export function CurrentPage({ route }: { route: Route }) {
  return <Suspense fallback={<Skeleton label="Loading…" />}>{pageOf(route)}</Suspense>;
}

function pageOf(route: Route): ReactNode {
  switch (route.page) {
    case 'models':
      return (
        <>
          <ModelsSection />
          <RecentPredictions />
        </>
      );
    case 'sign-in':
      return <SignInPage {...(route.error !== undefined && { error: route.error })} />;
    case 'sign-up':
      return <SignUpPage />;
    case 'sign-in-link':
      return <SignInLinkPage key={route.token} token={route.token} />;
    case 'account':
      return <ForUser>{(user) => <AccountPage user={user} />}</ForUser>;
    case 'admin':
      return (
        <ForUser>{(user) => (user.role === 'admin' ? <AdminPage user={user} /> : <AdminsOnly />)}</ForUser>
      );
  }
}

/** A page that belongs to somebody: whoever is not signed in does so in its place, and then sees it. */
function ForUser({ children }: { children: (user: User) => ReactNode }) {
  const { data: state, error } = useAuthState();
  if (error && !state) return <Notice tone="error" title={explainError(error)} />;
  if (!state) return <Skeleton label="Loading…" />;
  return state.user ? children(state.user) : <SignInPage />;
}

function AdminsOnly() {
  return <Notice tone="info" title="This page is for admins" />;
}
