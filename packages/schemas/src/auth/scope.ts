import { z } from 'zod';

/** What a caller may do. Scopes are part of the contract: they are added, never renamed. */
export const scopeSchema = z
  .enum([
    'predict',
    'models:read',
    'models:write',
    'datasets:read',
    'datasets:write',
    'jobs:read',
    'jobs:write',
    'monitoring:read',
    'admin',
  ])
  .meta({ id: 'Scope', description: 'One thing that a caller may do.' });
export type Scope = z.infer<typeof scopeSchema>;
