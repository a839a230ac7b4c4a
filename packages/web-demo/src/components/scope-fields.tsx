import type { Role, Scope } from '@oriel/schemas';
import { CheckboxGroup } from './checkbox-group.tsx';

const wordsOf: Readonly<Record<Scope, string>> = {
  predict: 'Predict',
  'models:read': 'Read models',
  'models:write': 'Change models',
  'datasets:read': 'Read datasets',
  'datasets:write': 'Change datasets',
  'jobs:read': 'Read jobs',
  'jobs:write': 'Start and stop jobs',
  'monitoring:read': 'Read predictions',
  admin: 'Everything an admin may',
};

/** The server refuses what its caller may not grant; this only spares people the offer. */
const ofAdmins: ReadonlySet<string> = new Set<Scope>(['models:write', 'admin']);

/** What a key or a client may do; predicting is what most are for. */
export function ScopeFields({ grantedBy, error }: { grantedBy: Role; error?: string | undefined }) {
  const offered = Object.entries(wordsOf).filter(([scope]) => grantedBy === 'admin' || !ofAdmins.has(scope));
  return (
    <CheckboxGroup
      name="scopes"
      legend="It may"
      options={Object.fromEntries(offered)}
      checked={['predict', 'models:read']}
      error={error}
    />
  );
}
