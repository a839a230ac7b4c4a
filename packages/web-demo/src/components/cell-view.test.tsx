import type { Cell, ColumnType } from '@oriel/schemas';
import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { CellView } from './cell-view.tsx';

function show(value: Cell | undefined, type: ColumnType) {
  const { container } = render(<CellView value={value} type={type} />);
  return container;
}

test('a number keeps the digits that one can compare, and has all of them in its title', () => {
  expect(show(0.000018788834495353512, 'number')).toHaveTextContent('0.000018789');
  expect(screen.getByTitle('0.000018788834495353512')).toBeVisible();
  expect(show(39.1, 'number')).toHaveTextContent('39.1');
  expect(show(1234567890123, 'integer')).toHaveTextContent('1234567890123');
});

test('no value is told from an empty text and from zero', () => {
  expect(show(null, 'text')).toHaveTextContent('no value');
  expect(show(undefined, 'number')).toHaveTextContent('no value');
  expect(show('', 'text')).toBeEmptyDOMElement();
  expect(show(0, 'number')).toHaveTextContent('0');
});

test('an image is shown, what is only said to be one is not', () => {
  expect(show('iVBORw0KGgoAAAANSUhEUg==', 'image').querySelector('img')?.src).toMatch(
    /^data:image\/png;base64/,
  );
  expect(show('<svg onload=alert(1)>', 'image').querySelector('img')).toBeNull();
  expect(show('12.1 kB', 'image')).toHaveTextContent('12.1 kB');
});

test('texts are text, whatever they look like', () => {
  expect(show('<img src=x onerror=alert(1)>', 'text').querySelector('img')).toBeNull();
  expect(show('x'.repeat(200), 'text')).toHaveTextContent(/^x{79}…$/);
});
