import type { FastifyRequest } from 'fastify';

const sockets = new WeakSet<object>();

/**
 * Lets the body of a request take longer than the bodies of requests in general: whoever reads it bounds its time. Node
 * asks once whether a connection may be closed for a slow request; the answer is no from now on, until disposed.
 */
export function goAtOwnPace({ raw: { socket } }: FastifyRequest): Disposable {
  sockets.add(socket);
  return { [Symbol.dispose]: () => void sockets.delete(socket) };
}

/** Whether the request on a connection is bounded by whoever reads it. */
export function isAtOwnPace(socket: object): boolean {
  return sockets.has(socket);
}
