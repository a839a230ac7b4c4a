import type { ComponentType } from 'react';
import { lazyPart } from '../components/lazy-part.tsx';

// most visitors never see these pages: each comes with code of its own, when it is asked for
export const SignInPage = lazyPage(
  async () => (await import('../features/sign-in/sign-in-page.tsx')).SignInPage,
);
export const SignUpPage = lazyPage(
  async () => (await import('../features/sign-in/sign-up-page.tsx')).SignUpPage,
);
export const SignInLinkPage = lazyPage(
  async () => (await import('../features/sign-in/sign-in-link-page.tsx')).SignInLinkPage,
);
export const AccountPage = lazyPage(
  async () => (await import('../features/account/account-page.tsx')).AccountPage,
);
export const AdminPage = lazyPage(async () => (await import('../features/admin/admin-page.tsx')).AdminPage);
export const DatasetsPage = lazyPage(
  async () => (await import('../features/datasets/datasets-page.tsx')).DatasetsPage,
);
export const DatasetPage = lazyPage(
  async () => (await import('../features/datasets/dataset-page.tsx')).DatasetPage,
);
export const ScorePage = lazyPage(async () => (await import('../features/jobs/score-page.tsx')).ScorePage);
export const JobsPage = lazyPage(async () => (await import('../features/jobs/jobs-page.tsx')).JobsPage);
export const JobPage = lazyPage(async () => (await import('../features/jobs/job-page.tsx')).JobPage);

function lazyPage<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  return lazyPart('This page', load);
}
