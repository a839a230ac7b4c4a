import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { RowsTable } from './rows-table.tsx';

test('thousands of columns are not drawn, and that is said', () => {
  const columns = Array.from({ length: 5000 }, (_, i) => ({ name: `c${i}`, type: 'integer' as const }));
  const row = Object.fromEntries(columns.map(({ name }, i) => [name, i]));
  render(<RowsTable label="Rows" columns={columns} rows={[row]} />);
  expect(screen.getAllByRole('columnheader')).toHaveLength(100);
  expect(screen.getByText(/first 100 of 5,000 columns/)).toBeVisible();
});

test('the order is told to those who do not see the arrow', () => {
  const columns = [
    { name: 'a', type: 'integer' as const },
    { name: 'b', type: 'text' as const },
  ];
  const order = { column: 'b', order: 'desc' as const };
  render(<RowsTable label="Rows" columns={columns} rows={[]} order={order} onSort={() => {}} />);
  expect(screen.getByRole('columnheader', { name: /^b/ })).toHaveAttribute('aria-sort', 'descending');
  expect(screen.getByRole('columnheader', { name: /^a/ })).not.toHaveAttribute('aria-sort');
});

test('no order is offered by what has none', () => {
  const columns = [
    { name: 'a', type: 'text' as const },
    { name: 'b', type: 'json' as const },
    { name: 'c', type: 'image' as const },
  ];
  render(<RowsTable label="Rows" columns={columns} rows={[]} onSort={() => {}} />);
  expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual(['a']);
});
