import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('the switch is set where native code sees it: in the environment of the process', () => {
  const module = new URL('./ort-telemetry.ts', import.meta.url).href;
  const code = `
    const { turnOffOrtTelemetry } = await import('${module}');
    turnOffOrtTelemetry();
    // a child gets the real environment of this process
    const { execFileSync } = await import('node:child_process');
    process.stdout.write(execFileSync(process.execPath, ['-p', 'process.env.ORT_DISABLE_TELEMETRY']));`;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  expect(out.trim()).toBe('1');
});
