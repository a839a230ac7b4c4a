import { BlockList, isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { refusalOf } from '../auth/access.ts';
import type { OnRequest } from './identification.ts';

interface Options {
  /** Whether everybody may read them. */
  readonly isOpen: boolean;
  /** Finds out who is calling. */
  readonly identify: OnRequest;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Metrics tell how busy a server is, and with what. They are for programs on the same machine, for callers with the scope
 * `monitoring:read`, and for everybody only where a setting says so.
 */
export function metricsAccess({ isOpen, identify }: Options): OnRequest {
  return (request, reply, done) => {
    if (isOpen || isFromThisMachine(request)) {
      done();
      return;
    }
    identify(request, reply, (error?: Error) => {
      const refusal = error ?? refusalOf(request.principal, { kind: 'scope', scope: 'monitoring:read' });
      done(refusal ?? undefined);
    });
  };
}

function isFromThisMachine({ ip, ips, headers }: FastifyRequest): boolean {
  // a proxy on this machine that is not trusted hides who asks
  const isHidden = ips === undefined && (headers['x-forwarded-for'] ?? headers.forwarded) !== undefined;
  return !isHidden && loopback.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4');
}
