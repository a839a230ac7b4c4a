import { render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import type { ReactElement } from 'react';
import { Providers } from '../src/app/providers.tsx';

/** Renders with the page's own providers; answers with a user who can act on it. */
export function show(element: ReactElement) {
  render(<Providers>{element}</Providers>);
  return userEvent.setup();
}

/** The panel with this title. */
export function findPanel(title: string) {
  return screen.findByRole('region', { name: title });
}
