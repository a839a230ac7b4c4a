import { useRef } from 'react';
import { RecentPredictions } from '../features/predictions/recent-predictions.tsx';
import { Header } from './header.tsx';
import { ModelsSection } from './models-section.tsx';

/** The page. */
export function App() {
  const main = useRef<HTMLElement>(null);

  return (
    <>
      {/* no link: the hash belongs to the model that is shown */}
      <button
        type="button"
        onClick={() => main.current?.focus()}
        className="sr-only rounded-lg bg-solid text-on-solid focus:not-sr-only focus:absolute focus:z-10 focus:m-2 focus:px-4 focus:py-2"
      >
        Skip to the models
      </button>
      <Header />
      <main
        ref={main}
        id="main"
        tabIndex={-1}
        className="mx-auto max-w-6xl space-y-4 px-4 py-6 outline-none sm:px-6"
      >
        <ModelsSection />
        <RecentPredictions />
      </main>
    </>
  );
}
