import type { SettingName } from '../../src/settings.ts';
import { createOnServer } from '../db/support/test-databases.ts';
import { startTestApp } from './test-app.ts';

/** Two servers on one PostgreSQL that tell each other nothing; for suites that are skipped where there is none. */
export async function startServerPair(env: Partial<Record<SettingName, string>>) {
  const database = await createOnServer();
  const shared = { ...env, DATABASE_URL: database.databaseUrl };
  const one = await startTestApp(shared);
  const other = await startTestApp(shared);
  return {
    one,
    other,
    async close() {
      await one.close();
      await other.close();
      await database.drop();
    },
  };
}
