import { screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { show } from '../../test/show.tsx';
import { ConfirmButton } from './confirm-button.tsx';

test.each(['Yes, delete', 'No'])('the focus comes back with the answer: %s', async (answer) => {
  const onConfirm = vi.fn();
  const user = show(<ConfirmButton label="Delete penguins" action="Delete" onConfirm={onConfirm} />);
  expect(screen.getByRole('button', { name: 'Delete penguins' })).not.toHaveFocus();
  await user.tab();
  await user.keyboard('{Enter}');
  expect(screen.getByRole('button', { name: 'No' })).toHaveFocus();
  screen.getByRole('button', { name: answer }).focus();
  await user.keyboard('{Enter}');
  expect(screen.getByRole('button', { name: 'Delete penguins' })).toHaveFocus();
  expect(onConfirm).toHaveBeenCalledTimes(answer === 'No' ? 0 : 1);
});
