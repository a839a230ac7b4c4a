import type { AuthState, User } from '@oriel/schemas';

export const ada: User = {
  id: '0193a1b2-0000-7000-8000-000000000001',
  email: 'ada@example.com',
  name: 'Ada',
  role: 'member',
  hasPassword: true,
  isDisabled: false,
  createdAt: '2026-01-05T10:00:00.000Z',
};

export const root: User = {
  ...ada,
  id: '0193a1b2-0000-7000-8000-000000000002',
  email: 'root@example.com',
  name: 'Root',
  role: 'admin',
};

export const nobody: AuthState = { user: null, registration: 'closed', passwordCharsMin: 12, provider: null };
