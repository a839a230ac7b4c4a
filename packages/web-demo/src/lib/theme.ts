import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark';

/** Also read by public/apply-theme.js, before the first paint. */
const storageKey = 'oriel-theme';
const changed = new EventTarget();

/** The theme that is shown: the chosen one or, as long as none is chosen, the system's. */
export function useTheme(): { theme: Theme; toggle: () => void } {
  const theme = useSyncExternalStore(subscribe, () => chosenTheme() ?? systemTheme());
  return { theme, toggle: () => chooseTheme(theme === 'dark' ? 'light' : 'dark') };
}

/** Remembers a theme, unless it is what the system says anyway: then the page follows the system again. */
function chooseTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === systemTheme()) delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    if (theme === systemTheme()) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, theme);
  } catch {
    // storage may be switched off: the choice then lasts as long as the page
  }
  changed.dispatchEvent(new Event('change'));
}

function chosenTheme(): Theme | null {
  const { theme } = document.documentElement.dataset;
  return theme === 'light' || theme === 'dark' ? theme : null;
}

function systemTheme(): Theme {
  return darkQuery().matches ? 'dark' : 'light';
}

function darkQuery(): MediaQueryList {
  return window.matchMedia('(prefers-color-scheme: dark)');
}

function subscribe(onChange: () => void): () => void {
  const query = darkQuery();
  query.addEventListener('change', onChange);
  changed.addEventListener('change', onChange);
  return () => {
    query.removeEventListener('change', onChange);
    changed.removeEventListener('change', onChange);
  };
}
