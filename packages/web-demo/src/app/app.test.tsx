import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { api, penguinsAnswer, serveModels } from '../../test/api.ts';
import { digits, penguins } from '../../test/models.ts';
import { ada, nobody } from '../../test/people.ts';
import { show } from '../../test/show.tsx';
import { App } from './app.tsx';

beforeEach(serveModels);

const title = (name: string) => screen.findByRole('heading', { level: 2, name });
const choice = (name: RegExp) => screen.findByRole('radio', { name });

describe('the page', () => {
  test('opens the first model and lists all with their state', async () => {
    api.answer('models.list', { models: [penguins, { ...digits, state: 'loading' }] });
    show(<App />);
    expect(await title('Penguin species')).toBeVisible();
    expect(await choice(/Penguin species/)).toBeChecked();
    expect(await choice(/Handwritten digit.*loading/)).not.toBeChecked();
  });

  test('opens the model that the URL names', async () => {
    window.location.hash = '#/models/digits';
    show(<App />);
    expect(await title('Handwritten digit')).toBeVisible();
  });

  test('says when there is no such model', async () => {
    window.location.hash = '#/models/moths';
    show(<App />);
    expect(await screen.findByRole('alert')).toHaveTextContent('There is no model “moths”');
  });

  test('says so too when what the URL names is no well encoded name', async () => {
    window.location.hash = '#/models/%E0%A4%A';
    show(<App />);
    expect(await screen.findByRole('alert')).toHaveTextContent('There is no model');
  });

  test('a picked model is in the URL, and nothing of the former one stays', async () => {
    api.answer('models.penguins.predict', penguinsAnswer());
    const user = show(<App />);
    await user.click(await screen.findByRole('button', { name: 'Predict' }));
    await screen.findByTestId('headline');

    await user.click(await choice(/Handwritten digit/));
    expect(window.location.hash).toBe('#/models/digits');
    expect(await title('Handwritten digit')).toBeVisible();
    expect(screen.queryByTestId('headline')).toBeNull();
    expect(screen.queryByLabelText(/Island/)).toBeNull();
  });

  test('going to another model aborts what was asked of the former one', async () => {
    const signals: AbortSignal[] = [];
    api.answer('models.penguins.predict', (_input, request) => {
      signals.push(request.signal);
      return new Promise(() => {});
    });
    const user = show(<App />);
    await user.click(await screen.findByRole('button', { name: 'Predict' }));
    await waitFor(() => expect(signals).toHaveLength(1));
    await user.click(await choice(/Handwritten digit/));
    await waitFor(() => expect(signals[0]?.aborted).toBe(true));
  });

  test('shows why a model cannot answer', async () => {
    const [version] = penguins.versions;
    if (!version) throw new Error('the model of the test has a version');
    const failed = { ...penguins, state: 'failed' as const };
    api.answer('models.list', { models: [failed] });
    api.answer('models.get', {
      ...failed,
      versions: [{ ...version, state: 'failed', reason: 'input "features" has 12 columns' }],
    });
    show(<App />);
    expect(await screen.findByRole('alert')).toHaveTextContent('input "features" has 12 columns');
  });

  test('a model card is Markdown; HTML in it stays text', async () => {
    const user = show(<App />);
    await user.click(await screen.findByText('Model card'));
    const card = within((await screen.findByText('344')).closest('div') ?? document.body);
    expect(card.getByText('344').tagName).toBe('STRONG');
    expect(card.getByText(/<img src=x/)).toBeVisible();
    expect(card.queryByRole('img')).toBeNull();
  });

  test('finds a server that was away', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    api.disconnect();
    show(<App />);
    expect((await screen.findAllByRole('alert'))[0]).toHaveTextContent('The server does not answer');
    api.reset();
    serveModels();
    vi.advanceTimersToNextTimer();
    expect(await title('Penguin species')).toBeVisible();
  });

  test('knows who is signed in once the server can say so again', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    api.refuse('auth.state', { code: 'DATABASE_UNAVAILABLE' });
    window.location.hash = '#/account';
    show(<App />);
    expect(await screen.findByRole('alert')).toBeVisible();
    expect(screen.getByRole('link', { name: 'Sign in' })).toBeVisible();
    api.answer('auth.state', { ...nobody, user: ada });
    vi.advanceTimersToNextTimer();
    expect(await screen.findByRole('link', { name: 'Ada' })).toBeVisible();
  });
});

describe('the theme', () => {
  test('is the system’s until one is chosen, and then remembered', async () => {
    const user = show(<App />);
    await user.click(screen.getByRole('button', { name: 'Switch to the dark theme' }));
    expect(document.documentElement.dataset.theme).toBe('dark');
    expect(localStorage.getItem('oriel-theme')).toBe('dark');
    await user.click(await screen.findByRole('button', { name: 'Switch to the light theme' }));
    expect(document.documentElement.dataset.theme).toBeUndefined();
    expect(localStorage.getItem('oriel-theme')).toBeNull();
  });
});
