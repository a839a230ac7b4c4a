import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { api, penguinsAnswer, serveModels } from '../../../test/api.ts';
import { penguins } from '../../../test/models.ts';
import { findPanel, show } from '../../../test/show.tsx';
import { Playground } from './playground.tsx';

function showPenguins() {
  serveModels();
  return show(<Playground model={penguins} />);
}

const field = (name: RegExp) => screen.getByLabelText<HTMLInputElement>(name);
const predictButton = () => screen.getByRole('button', { name: /Predict/ });

describe('the form', () => {
  test('is made from the contract and starts with its first example', () => {
    showPenguins();
    expect(field(/Island/).value).toBe('"Biscoe"');
    expect(field(/Body mass \(g\)/).value).toBe('5950');
    expect(field(/Body mass/)).toHaveAccessibleDescription('500 to 15000. Body mass, in grams');
    expect(
      within(field(/Sex/))
        .getAllByRole('option')
        .map((option) => option.textContent),
    ).toEqual(['Not given', 'male', 'female']);
  });

  test('sends what stands in it, typed as the contract says, without what was emptied', async () => {
    api.answer('models.penguins.predict', penguinsAnswer());
    const user = showPenguins();
    await user.selectOptions(field(/Island/), 'Dream');
    await user.clear(field(/Body mass/));
    await user.type(field(/Body mass/), '4100.5');
    await user.selectOptions(field(/Sex/), 'Not given');
    await user.click(predictButton());
    await waitFor(() =>
      expect(api.inputsOf('models.penguins.predict')).toEqual([{ island: 'Dream', bodyMassG: 4100.5 }]),
    );
  });

  test('an example fills it and is sent at once', async () => {
    api.answer('models.penguins.predict', penguinsAnswer());
    const user = showPenguins();
    await user.click(screen.getByRole('button', { name: 'A bird of unknown sex' }));
    expect(field(/Body mass/).value).toBe('3400');
    await waitFor(() =>
      expect(api.inputsOf('models.penguins.predict')).toEqual([{ island: 'Dream', bodyMassG: 3400 }]),
    );
  });

  test('can be emptied, and then says what is missing without asking the server', async () => {
    const user = showPenguins();
    await user.click(screen.getByRole('button', { name: 'Empty the form' }));
    await user.click(predictButton());
    expect(field(/Island/)).toBeInvalid();
    expect(field(/Island/)).toHaveAccessibleDescription(/must be chosen/);
    expect(api.inputsOf('models.penguins.predict')).toEqual([]);
  });
});

describe('the answer', () => {
  test('shows what was predicted, the probabilities, the times, the version and the request', async () => {
    api.answer('models.penguins.predict', { ...penguinsAnswer('Chinstrap'), cached: true });
    const user = showPenguins();
    await user.click(predictButton());
    const panel = within(await findPanel('Answer'));
    expect((await panel.findByTestId('headline')).textContent).toBe('Chinstrap');
    expect(panel.getAllByRole('listitem').map((item) => item.textContent)).toEqual([
      'Adelie2.0 %',
      'Chinstrap97.0 %',
      'Gentoo2.0 %',
    ]);
    expect(panel.getByRole('status')).toHaveTextContent('Answer: Species Chinstrap');
    expect(panel.getByText('Compute').nextElementSibling).toHaveTextContent('0.7 ms');
    for (const text of ['version 1', 'cached', 'request-1']) expect(panel.getByText(text)).toBeVisible();
  });

  test('the button waits for it, and keeps the focus', async () => {
    let finish = () => {};
    api.answer(
      'models.penguins.predict',
      () => new Promise((resolve) => (finish = () => resolve(penguinsAnswer()))),
    );
    const user = showPenguins();
    await user.click(predictButton());
    expect(await screen.findByRole('button', { name: 'Predicting…' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
    await user.click(predictButton());
    await waitFor(() => expect(api.inputsOf('models.penguins.predict')).toHaveLength(1));
    finish();
    await waitFor(() => expect(predictButton()).toHaveTextContent('Predict'));
    expect(predictButton()).toHaveFocus();
    expect(api.inputsOf('models.penguins.predict')).toHaveLength(1);
  });

  test('a newer request aborts the one under way, and only its answer is shown', async () => {
    const signals: AbortSignal[] = [];
    api.answer('models.penguins.predict', (input, request) => {
      signals.push(request.signal);
      return input.island === 'Biscoe' ? new Promise(() => {}) : penguinsAnswer('Chinstrap');
    });
    const user = showPenguins();
    await user.click(screen.getByRole('button', { name: 'A large bird' }));
    await waitFor(() => expect(signals).toHaveLength(1));
    await user.click(screen.getByRole('button', { name: 'A bird of unknown sex' }));
    expect(await screen.findByTestId('headline')).toHaveTextContent('Chinstrap');
    expect(signals[0]?.aborted).toBe(true);
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('errors', () => {
  test('stand beside their fields; the first gets the focus; mending a field takes its error away', async () => {
    const issues = [
      { path: ['bodyMassG'], rule: 'too_big', message: 'expected number to be <=15000' },
      { path: ['sex'], rule: 'invalid_value', message: 'expected one of male, female' },
    ];
    api.refuse('models.penguins.predict', { code: 'INPUT_INVALID', issues });
    const user = showPenguins();
    await user.click(predictButton());

    await waitFor(() => expect(field(/Body mass/)).toHaveFocus());
    expect(field(/Body mass/)).toHaveAccessibleDescription(/expected number to be <=15000/);
    expect(field(/Sex/)).toBeInvalid();
    expect(field(/Island/)).toBeValid();
    expect(screen.getByRole('alert')).toHaveTextContent('Mend the 2 marked fields');

    await user.type(field(/Body mass/), '1');
    expect(field(/Body mass/)).not.toHaveAttribute('aria-invalid');
    expect(field(/Sex/)).toBeInvalid();
  });

  test('letters where a number goes are refused before they are sent', async () => {
    const user = showPenguins();
    await user.type(field(/Body mass/), 'kg');
    await user.click(predictButton());
    expect(field(/Body mass/)).toHaveFocus();
    expect(field(/Body mass/)).toHaveAccessibleDescription(/must be a number/);
  });

  test('an overloaded server: what to do, and the request to ask about', async () => {
    api.refuse('models.penguins.predict', { code: 'ENGINE_OVERLOADED', requestId: 'request-9' });
    const user = showPenguins();
    await user.click(predictButton());
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('too much to do');
    expect(alert).toHaveTextContent('Wait a moment');
    expect(alert).toHaveTextContent('request-9');
  });

  test('a server that is away is told from one that refuses', async () => {
    const user = showPenguins();
    api.disconnect();
    await user.click(predictButton());
    expect(await screen.findByRole('alert')).toHaveTextContent('The server does not answer');
  });
});

describe('call it from code', () => {
  test('keeps in step with the form, in TypeScript and curl', async () => {
    const user = showPenguins();
    await user.selectOptions(field(/Island/), 'Torgersen');
    const panel = within(await findPanel('Call it from code'));
    expect(panel.getByRole('tabpanel')).toHaveTextContent("island: 'Torgersen'");
    await user.click(panel.getByRole('tab', { name: 'TypeScript' }));
    await user.keyboard('{ArrowRight}');
    expect(panel.getByRole('tab', { name: 'curl' })).toHaveFocus();
    expect(panel.getByRole('tabpanel')).toHaveTextContent('"island": "Torgersen"');
  });

  test('copies', async () => {
    const user = showPenguins();
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(await navigator.clipboard.readText()).toContain('client.models.penguins.predict.mutate({');
    expect(await screen.findByRole('button', { name: 'Copied' })).toBeVisible();
  });
});
