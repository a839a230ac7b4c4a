import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bodyCount, type Payload } from './payload.ts';

const run = promisify(execFile);

export interface Load {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly payload: Payload;
  /** Beside the content type: who is calling, say. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Measured {
  /** Answers with a 2xx a second. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were no 2xx, and broken connections. */
  readonly failures: number;
}

/** @throws Error when the load generator is not installed */
export async function requireWrk(): Promise<void> {
  // it uses a fraction of a core where a generator in JavaScript would need one; it exits with 1 after telling its version
  await run('wrk', ['-v']).catch((error: { code?: unknown }) => {
    if (error.code !== 1)
      throw new Error('the load generator wrk is needed: apt-get install wrk, or brew install wrk');
  });
}

/** Sends requests on `connections` at once, each as soon as the one before is answered, for `seconds`. */
export async function measure({ url, connections, seconds, payload, headers = {} }: Load): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'oriel-bench-'));
  try {
    for (const [index, part] of payload.parts.entries()) await writeFile(join(folder, `part${index}`), part);
    const script = join(folder, 'requests.lua');
    await writeFile(script, luaScript(folder, { ...headers, 'content-type': payload.contentType }));
    const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', script];
    const { stdout } = await run('wrk', [...options, url]);
    return readResult(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts at another number each time: a server that is measured twice is not sent the same bodies twice. */
function luaScript(folder: string, headers: Readonly<Record<string, string>>): string {
  const fields = Object.entries(headers).map(
    ([name, value]) => `[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
  );
  return `
local function read(name)
  local file = io.open("${folder}/" .. name, "rb")
  local bytes = file:read("*a")
  file:close()
  return bytes
end
local first, second, third = read("part0"), read("part1"), read("part2")
local n = ${Math.floor(Math.random() * bodyCount)}
local headers = { ${fields.join(', ')} }
request = function()
  n = (n + 1) % ${bodyCount}
  local digits = string.format("%08d", n)
  return wrk.format("POST", nil, headers, first .. digits:sub(1, 4) .. second .. digits:sub(5) .. third)
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %f %f %f %d\\n", (summary.requests - e.status) / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    e.connect + e.read + e.write + e.status + e.timeout))
end
`;
}

function readResult(output: string): Measured {
  const numbers = /RESULT (.*)/.exec(output)?.[1]?.split(' ').map(Number);
  if (!numbers) throw new Error(`wrk said nothing that can be read: ${output}`);
  const [perSecond = 0, p50Ms = 0, p99Ms = 0, failures = 0] = numbers;
  return { perSecond, p50Ms, p99Ms, failures };
}
