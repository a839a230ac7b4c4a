import { useHash } from '../lib/hash.ts';

/** What the page shows. */
export type Route =
  | { readonly page: 'models' | 'sign-up' | 'account' | 'admin' | 'datasets' | 'jobs' }
  | { readonly page: 'dataset' | 'score' | 'job'; readonly id: string }
  | { readonly page: 'sign-in'; readonly error?: string }
  | { readonly page: 'sign-in-link'; readonly token: string };

const linkPrefix = '#/sign-in-link/';
const refusalPrefix = '#/sign-in?error=';
const pages = ['sign-in', 'sign-up', 'account', 'admin', 'datasets', 'jobs'] as const;
/** Pages of one thing, which the URL names by its id. */
const pagesOfOne = [
  ['dataset', /^#\/datasets\/([\w-]+)$/],
  ['score', /^#\/datasets\/([\w-]+)\/score$/],
  ['job', /^#\/jobs\/([\w-]+)$/],
] as const;

/** The page that the URL names; the models where it names none. */
export function useRoute(): Route {
  return toRoute(useHash());
}

export function toRoute(hash: string): Route {
  if (hash.startsWith(linkPrefix)) return { page: 'sign-in-link', token: hash.slice(linkPrefix.length) };
  if (hash.startsWith(refusalPrefix)) return { page: 'sign-in', error: hash.slice(refusalPrefix.length) };
  for (const [page, pattern] of pagesOfOne) {
    const [, id] = pattern.exec(hash) ?? [];
    if (id !== undefined) return { page, id };
  }
  return { page: pages.find((page) => hash === `#/${page}`) ?? 'models' };
}
