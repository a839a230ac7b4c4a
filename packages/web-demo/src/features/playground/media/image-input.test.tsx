import { fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest';
import { api, serveModels } from '../../../../test/api.ts';
import { digits } from '../../../../test/models.ts';
import { show } from '../../../../test/show.tsx';
import { Playground } from '../playground.tsx';

/** The test's page has no canvas: this one makes a "PNG" that says how many strokes it holds. A browser test draws on a real one. */
function mockCanvas(): void {
  const stroke = vi.fn();
  vi.stubGlobal('Path2D', vi.fn());
  const getContext = vi.spyOn(HTMLCanvasElement.prototype, 'getContext') as MockInstance<() => unknown>;
  getContext.mockImplementation(() => {
    stroke.mockClear();
    return { fillRect: () => {}, stroke };
  });
  vi.spyOn(HTMLCanvasElement.prototype, 'toBlob').mockImplementation((onBlob) =>
    onBlob(new Blob([`${stroke.mock.calls.length} strokes`])),
  );
}

beforeEach(() => {
  mockCanvas();
  serveModels();
  api.answer('models.digits.predict', {
    model: 'digits',
    version: '1',
    output: {
      digit: 3,
      confidence: 0.91,
      probabilities: [0, 0.01, 0.02, 0.91, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01],
    },
    requestId: 'request-2',
    timing: { queueMs: 0, computeMs: 2, totalMs: 3 },
    cached: false,
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const pad = () => screen.getByRole('application', { name: 'Draw: Image' });
const chooser = () => screen.getByLabelText('Image: choose a file');
const png = () => new File(['png bytes'], 'three.png', { type: 'image/png' });

/** The bodies that were sent, as text. */
async function sentFiles(): Promise<string[]> {
  const inputs = api.inputsOf('models.digits.predict');
  return Promise.all(inputs.map(async (input) => (input instanceof Blob ? input.text() : 'not a file')));
}

describe('an image as input', () => {
  test('a file is shown and sent as its bytes, at once', async () => {
    const user = show(<Playground model={digits} />);
    await user.upload(chooser(), png());
    expect(await screen.findByTestId('headline')).toHaveTextContent('3');
    expect(await sentFiles()).toEqual(['png bytes']);
    expect(screen.getByRole('img', { name: 'Chosen: three.png' })).toBeVisible();
  });

  test('a dropped and a pasted file do the same', async () => {
    show(<Playground model={digits} />);
    fireEvent.drop(pad(), { dataTransfer: { files: [png()] } });
    await waitFor(async () => expect(await sentFiles()).toHaveLength(1));
    fireEvent.paste(document.body, { clipboardData: { files: [new File(['pasted'], 'p.png')] } });
    await waitFor(async () => expect(await sentFiles()).toEqual(['png bytes', 'pasted']));
  });

  test('an example is its file', async () => {
    const user = show(<Playground model={digits} />);
    await user.click(screen.getByRole('button', { name: 'A three' }));
    expect(await screen.findByTestId('headline')).toHaveTextContent('3');
    expect(await sentFiles()).toEqual(['png bytes']);
  });

  test('a drawing is answered once the pen pauses; an empty pad has no answer', async () => {
    const user = show(<Playground model={digits} />);
    expect(screen.getByRole('button', { name: 'Undo' })).toBeDisabled();
    fireEvent.pointerDown(pad(), { button: 0, isPrimary: true, pointerId: 1 });
    fireEvent.pointerUp(pad(), { isPrimary: true, pointerId: 1 });
    expect(await screen.findByTestId('headline')).toHaveTextContent('3');
    expect(await sentFiles()).toEqual(['1 strokes']);

    await user.click(screen.getByRole('button', { name: 'Clear' }));
    await waitFor(() => expect(screen.queryByTestId('headline')).toBeNull());
  });

  test('keys draw as well as a mouse does', async () => {
    const user = show(<Playground model={digits} />);
    pad().focus();
    await user.keyboard(' {ArrowDown}{ArrowDown} {ArrowRight} {ArrowUp} ');
    await waitFor(async () => expect(await sentFiles()).toEqual(['2 strokes']));
    await user.keyboard('{Backspace}');
    await waitFor(async () => expect(await sentFiles()).toEqual(['2 strokes', '1 strokes']));
  });

  test('a taken-away file gives the pad back', async () => {
    const user = show(<Playground model={digits} />);
    await user.upload(chooser(), png());
    await user.click(await screen.findByRole('button', { name: 'Remove' }));
    expect(pad()).toBeVisible();
    await waitFor(() => expect(screen.queryByTestId('headline')).toBeNull());
  });

  test('without an image, the field says that one is missing', async () => {
    const user = show(<Playground model={digits} />);
    await user.click(screen.getByRole('button', { name: 'Predict' }));
    expect(chooser()).toHaveAccessibleDescription(/must be drawn or chosen/);
    expect(chooser()).toHaveFocus();
  });

  test('a file the model refuses is refused beside the field', async () => {
    const issues = [{ path: ['image'], rule: 'custom', message: 'is not a PNG, JPEG file' }];
    api.refuse('models.digits.predict', { code: 'INPUT_INVALID', issues });
    const user = show(<Playground model={digits} />);
    await user.upload(chooser(), png());
    await waitFor(() => expect(chooser()).toHaveAccessibleDescription(/is not a PNG, JPEG file/));
  });
});
