import type { User } from '@oriel/schemas';
import { PageHeading } from '../../components/page-heading.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { AuditPanel } from './audit-panel.tsx';
import { ClientsPanel } from './clients-panel.tsx';
import { UsersPanel } from './users-panel.tsx';

/** Who may do what on this server, and what was done. */
export function AdminPage({ user }: { user: User }) {
  return (
    <>
      <PageHeading title="Administration" />
      <Tabs
        label="Administration"
        tabs={[
          { id: 'users', title: 'Users', content: <UsersPanel admin={user} /> },
          { id: 'clients', title: 'Service clients', content: <ClientsPanel /> },
          { id: 'audit', title: 'Audit log', content: <AuditPanel /> },
        ]}
      />
    </>
  );
}
