import { type RefObject, useEffect, useRef } from 'react';
import { CurrentPage } from './current-page.tsx';
import { Header } from './header.tsx';
import { type Route, useRoute } from './route.ts';

const titles: Readonly<Record<Route['page'], string>> = {
  models: 'Models',
  datasets: 'Datasets',
  dataset: 'Dataset',
  score: 'Score a dataset',
  jobs: 'Jobs',
  job: 'Job',
  account: 'Your account',
  admin: 'Administration',
  'sign-in': 'Sign in',
  'sign-up': 'Make an account',
  'sign-in-link': 'Sign in',
};

/** The page. */
export function App() {
  const main = useRef<HTMLElement>(null);
  const route = useRoute();
  useTitle(titles[route.page]);
  useFocusOnChange(main, 'id' in route ? `${route.page} ${route.id}` : route.page);

  return (
    <>
      {/* no link: the hash belongs to what is shown */}
      <button
        type="button"
        onClick={() => main.current?.focus()}
        className="sr-only rounded-lg bg-solid text-on-solid focus:not-sr-only focus:absolute focus:z-10 focus:m-2 focus:px-4 focus:py-2"
      >
        {route.page === 'models' ? 'Skip to the models' : 'Skip to the content'}
      </button>
      <Header page={route.page} />
      <main
        ref={main}
        id="main"
        tabIndex={-1}
        className="mx-auto max-w-6xl space-y-4 px-4 py-6 outline-none sm:px-6"
      >
        <CurrentPage route={route} />
      </main>
    </>
  );
}

/** Tells tabs, bookmarks and the history apart. */
function useTitle(title: string) {
  useEffect(() => {
    document.title = `${title} – Oriel`;
  }, [title]);
}

/** Another page takes the focus, as a page that was loaded would; not the first one, nor one that took it itself. */
function useFocusOnChange(main: RefObject<HTMLElement | null>, page: string) {
  const former = useRef(page);
  useEffect(() => {
    if (former.current === page) return;
    former.current = page;
    if (!main.current?.contains(document.activeElement)) main.current?.focus();
  }, [main, page]);
}
