// Turbo with its telemetry off, and Prisma's check for updates: nothing here talks to anybody but the package registry.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const env = {
  ...process.env,
  CHECKPOINT_DISABLE: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
};
const { status } = spawnSync('turbo', process.argv.slice(2), {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env,
});
process.exit(status ?? 1);
