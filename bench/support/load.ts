import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Load {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly contentType: string;
  /** Lua that gives the body of request `n`; different for each, so that no cache can answer. */
  readonly bodyLua: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Measured {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were no 2xx, and broken connections. */
  readonly failures: number;
}

/** Whether wrk, the load generator, is there. It uses a fraction of a core where one in JavaScript would need one. */
export async function hasWrk(): Promise<boolean> {
  return run('wrk', ['-v']).then(
    () => true,
    // wrk exits with 1 after telling its version
    (error: { code?: unknown }) => error.code === 1,
  );
}

/** Sends requests on `connections` at once, each as soon as the one before is answered, for `seconds`. */
export async function measure({
  url,
  connections,
  seconds,
  contentType,
  bodyLua,
  headers = {},
}: Load): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'oriel-bench-'));
  const script = join(folder, 'requests.lua');
  await writeFile(
    script,
    `wrk.method = "POST"
wrk.headers["content-type"] = "${contentType}"
${Object.entries(headers)
  .map(([name, value]) => `wrk.headers["${name}"] = "${value}"`)
  .join('\n')}
math.randomseed(${Date.now() % 1_000_000_007})
local n = math.random(1, 1000000)
local body = function(n) return ${bodyLua} end
request = function() n = n + 1; return wrk.format(nil, nil, nil, body(n)) end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %f %f %f %d\\n", summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1000, latency:percentile(99) / 1000, e.connect + e.read + e.write + e.status + e.timeout))
end
`,
  );
  try {
    const { stdout } = await run('wrk', [
      '-t1',
      `-c${connections}`,
      `-d${seconds}s`,
      '--timeout',
      '30s',
      '-s',
      script,
      url,
    ]);
    const [requestsPerSecond = 0, p50Ms = 0, p99Ms = 0, failures = 0] = (
      /RESULT (.*)/.exec(stdout)?.[1] ?? ''
    )
      .split(' ')
      .map(Number);
    return { requestsPerSecond, p50Ms, p99Ms, failures };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
