// Everything but the tests that CI demands, each with the command to run it alone. Stops at nothing, then says what failed.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const checks = {
  'lock file': 'node scripts/check-lock.mjs',
  'format and lint': 'biome check --error-on-warnings .',
  'lint with types, import directions': 'oxlint --deny-warnings',
  types: 'node scripts/turbo.mjs run types --output-logs=errors-only',
  'dead code': 'knip --no-progress',
  migrations: 'node scripts/prisma-migration.mjs check',
};

const failed = Object.entries(checks).filter(([name, command]) => {
  const startedAt = performance.now();
  const { status } = spawnSync(command, { stdio: 'inherit', shell: true });
  console.log(
    `${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${((performance.now() - startedAt) / 1000).toFixed(1)} s): ${command}`,
  );
  return status !== 0;
});
process.exit(failed.length === 0 ? 0 : 1);
