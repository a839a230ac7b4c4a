import { createClient } from '@oriel/client';

// Compiled, never run: each line under `@ts-expect-error` must fail to compile, or the type check itself fails.
const client = createClient({ url: 'http://localhost:3000' });

export async function penguins(): Promise<void> {
  const { predict } = client.models.penguins;
  const answer = await predict.mutate({ island: 'Biscoe', bodyMassG: 5950, sex: null });

  const species: 'Adelie' | 'Chinstrap' | 'Gentoo' = answer.output.species;
  const model: 'penguins' = answer.model;
  const gentoo: number = answer.output.probabilities.Gentoo;
  void [species, model, gentoo];

  // @ts-expect-error a field of the wrong type
  await predict.mutate({ island: 'Biscoe', bodyMassG: '5950' });
  // @ts-expect-error a value the contract does not list
  await predict.mutate({ island: 'Atlantis' });
  // @ts-expect-error a field that is missing
  await predict.mutate({ bodyMassG: 5950 });
  // @ts-expect-error a field nobody knows
  await predict.mutate({ island: 'Biscoe', colour: 'blue' });
  // @ts-expect-error an output that is misused: the species is a name, not a number
  answer.output.species.toFixed();
  // @ts-expect-error an output field that is not there
  void answer.output.genus;
  // @ts-expect-error a model that is not there
  await client.models.unicorns.predict.mutate({});
  // @ts-expect-error a file is no input of a table
  await predict.mutate(new Blob([]));
}

export async function digits(): Promise<void> {
  const { predict, predictMany } = client.models.digits;
  const answer = await predict.mutate(new File([], 'digit.png'));
  const digit: number = answer.output.digit;
  const probabilities: number[] = answer.output.probabilities;
  void [digit, probabilities];

  // @ts-expect-error pixels are sent as a file or as base64, never as numbers
  await predict.mutate({ image: [0, 1, 2] });

  const { results } = await predictMany.mutate({ inputs: [{ image: '' }] });
  for (const result of results) {
    // @ts-expect-error a result has an output only where it is ok
    void result.output;
    if (result.ok) void result.output.digit;
    else void result.error.code;
  }
}

export async function rows(id: string): Promise<void> {
  const { rows } = client.datasets;
  await rows.query({ id, filter: { and: [{ column: 'mass', op: 'gte', value: 3000 }] } });
  // @ts-expect-error a comparison that there is not
  await rows.query({ id, filter: { column: 'mass', op: 'above', value: 3000 } });
  // @ts-expect-error the same, within another
  await rows.query({ id, filter: { or: [{ column: 'mass', operator: 'gte', value: 3000 }] } });
}

type IsAny<T> = 0 extends 1 & T ? true : false;
type Answer = Awaited<ReturnType<typeof client.models.spam.predict.mutate>>;
/** Nothing on the way from the contract to the client is `any`. */
export const isTyped: [
  IsAny<Answer>,
  IsAny<Answer['output']>,
  IsAny<Answer['output']['label']>,
  IsAny<Parameters<typeof client.models.spam.predict.mutate>[0]>,
] = [false, false, false, false];
