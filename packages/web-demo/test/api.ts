import { createApiMock, createTransferMock, type OutputAt } from '@oriel/client/testing';
import { digits, penguins } from './models.ts';
import { nobody } from './people.ts';

/** The mocked server of every test; setup.ts puts it up and resets it. */
export const api = createApiMock('http://localhost:3000');

/** What it does with files. */
export const transfers = createTransferMock('http://localhost:3000');

type PenguinsAnswer = OutputAt<'models.penguins.predict'>;

/** Has the server serve penguins and digits, with nothing predicted yet and nobody signed in. */
export function serveModels(): void {
  api.answer('models.list', { models: [penguins, digits] });
  api.answer('models.get', ({ id }) => (id === digits.id ? digits : penguins));
  api.answer('predictions.list', { items: [], nextCursor: null });
  api.answer('auth.state', nobody);
}

export function penguinsAnswer(species: PenguinsAnswer['output']['species'] = 'Gentoo'): PenguinsAnswer {
  const probabilities = { Adelie: 0.02, Chinstrap: 0.01, Gentoo: 0.02, [species]: 0.97 };
  return {
    model: 'penguins',
    version: '1',
    output: { species, probabilities },
    requestId: 'request-1',
    timing: { queueMs: 0.1, computeMs: 0.7, totalMs: 1.4 },
    cached: false,
  };
}
