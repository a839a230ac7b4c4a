import { spawn } from 'node:child_process';
import { availableParallelism, constants, setPriority } from 'node:os';

/**
 * Programs that only compute, one for each core, at the lowest priority: they read, write and allocate nothing, and ask
 * nothing of a server beside them but the cores.
 *
 * @param secondsMax - they end by themselves after that: whoever started them may be killed
 */
export function startSpinners(secondsMax: number): { stop(): void } {
  const endsAt = Date.now() + 1000 * secondsMax;
  const program = `let x = 1; while (Date.now() < ${endsAt}) for (let i = 0; i < 1e6; i += 1) x = (31 * x + 7) | 0`;
  const spinners = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', program], { stdio: 'ignore' }),
  );
  for (const { pid } of spinners) if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  return {
    stop() {
      for (const spinner of spinners) spinner.kill('SIGKILL');
    },
  };
}
