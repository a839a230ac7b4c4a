// Loaded into a server process with --import: writes down every attempt to reach anything but this machine, from the
// main thread and from worker threads, whatever library makes it.
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import net from 'node:net';
import process from 'node:process';

const file = process.env.RECORD_CONNECTIONS_TO;
const isLocal = (host) =>
  host === undefined || ['localhost', '127.0.0.1', '::1', '0.0.0.0', '::'].includes(host);
const record = (what) => appendFileSync(file, `${what}\n`);

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  const host = typeof options === 'object' ? options.host : undefined;
  if (!isLocal(host)) record(`connect ${host}`);
  return connect.apply(this, args);
};
for (const scope of [dns, dns.promises]) {
  const { lookup } = scope;
  scope.lookup = (host, ...rest) => {
    if (!isLocal(host)) record(`lookup ${host}`);
    return lookup(host, ...rest);
  };
}
record('loaded');
