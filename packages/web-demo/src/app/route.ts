import { useHash } from '../lib/hash.ts';

/** What the page shows. */
export type Route =
  | { readonly page: 'models' | 'sign-in' | 'sign-up' | 'account' | 'admin' }
  | { readonly page: 'sign-in-link'; readonly token: string };

const linkPrefix = '#/sign-in-link/';
const pages = ['sign-in', 'sign-up', 'account', 'admin'] as const;

/** The page that the URL names; the models where it names none. */
export function useRoute(): Route {
  return toRoute(useHash());
}

export function toRoute(hash: string): Route {
  if (hash.startsWith(linkPrefix)) return { page: 'sign-in-link', token: hash.slice(linkPrefix.length) };
  return { page: pages.find((page) => hash === `#/${page}`) ?? 'models' };
}
