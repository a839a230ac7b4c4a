// The server with reload on http://localhost:3000 and the demo page with reload on http://localhost:5173.
import { spawn } from 'node:child_process';
import process from 'node:process';

const isWindows = process.platform === 'win32';
const children = [
  spawn('node', ['--env-file-if-exists=.env', '--watch', 'packages/server/src/main.ts'], {
    stdio: 'inherit',
    shell: isWindows,
  }),
  spawn('npm', ['run', 'dev', '--silent', '-w', 'packages/web-demo'], { stdio: 'inherit', shell: isWindows }),
];
const stop = (signal) => {
  for (const child of children) child.kill(signal);
};
for (const child of children) child.on('exit', () => stop('SIGTERM'));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(signal));
