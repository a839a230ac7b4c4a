import { screen } from '@testing-library/react';
import { Suspense } from 'react';
import { expect, test } from 'vitest';
import { show } from '../../test/show.tsx';
import { lazyPart } from './lazy-part.tsx';

test('a part whose code cannot be had says so, and leaves the rest of the page', async () => {
  const ModelCard = lazyPart('The model card', () =>
    Promise.reject(new TypeError('the code of a former version')),
  );
  show(
    <>
      <h2>Penguin species</h2>
      <Suspense>
        <ModelCard />
      </Suspense>
    </>,
  );
  expect(await screen.findByRole('alert')).toHaveTextContent('The model card could not be loaded');
  expect(screen.getByRole('heading', { name: 'Penguin species' })).toBeVisible();
});
