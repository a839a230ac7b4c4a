import type { User } from '@oriel/schemas';
import { type ReactNode, Suspense } from 'react';
import { Notice } from '../components/notice.tsx';
import { ReadFailure } from '../components/read-failure.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { RecentPredictions } from '../features/predictions/recent-predictions.tsx';
import { useAuthState } from '../lib/session.ts';
import {
  AccountPage,
  AdminPage,
  DatasetPage,
  DatasetsPage,
  JobPage,
  JobsPage,
  ScorePage,
  SignInLinkPage,
  SignInPage,
  SignUpPage,
} from './lazy-pages.tsx';
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
    case 'datasets':
      return <ForUser reason={reasons.datasets}>{() => <DatasetsPage />}</ForUser>;
    case 'dataset':
      return (
        <ForUser reason={reasons.datasets}>{() => <DatasetPage key={route.id} id={route.id} />}</ForUser>
      );
    case 'score':
      return (
        <ForUser reason={reasons.datasets}>{() => <ScorePage key={route.id} datasetId={route.id} />}</ForUser>
      );
    case 'jobs':
      return <ForUser reason={reasons.jobs}>{() => <JobsPage />}</ForUser>;
    case 'job':
      return <ForUser reason={reasons.jobs}>{() => <JobPage key={route.id} id={route.id} />}</ForUser>;
  }
}

/** Why whoever is not signed in has to be. */
const reasons = {
  datasets: 'Sign in to see your datasets',
  jobs: 'Sign in to see your jobs',
} as const;

interface ForUserProps {
  readonly reason?: string;
  readonly children: (user: User) => ReactNode;
}

/** A page that belongs to somebody: whoever is not signed in does so in its place, and then sees it. */
function ForUser({ reason, children }: ForUserProps) {
  const { data: state, error } = useAuthState();
  if (error && !state) return <ReadFailure error={error} />;
  if (!state) return <Skeleton label="Loading…" />;
  if (state.user) return children(state.user);
  return (
    <>
      {reason !== undefined && <Notice tone="info" title={reason} />}
      <SignInPage />
    </>
  );
}

function AdminsOnly() {
  return <Notice tone="info" title="This page is for admins" />;
}
