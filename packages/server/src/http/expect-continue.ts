import type { IncomingMessage, RequestListener, Server } from 'node:http';

/** Requests whose bodies nobody has asked for yet. */
const heldBack = new WeakSet<IncomingMessage>();

/**
 * Serves requests whose callers hold their bodies back until they are asked for them (`Expect: 100-continue`). Node would
 * ask at once; here the first read of the body asks, so that whoever may not send it, or has announced too much, is told
 * so before it is sent. Where the answer comes first, Node ends the connection: nobody knows whether a body still comes.
 *
 * @see RFC 9110, section 10.1.1, "Expect"
 */
export function askWhenRead(server: Server, handler: RequestListener): void {
  server.on('checkContinue', (request: IncomingMessage, response) => {
    heldBack.add(request);
    const read = request._read;
    request._read = (size) => {
      request._read = read;
      heldBack.delete(request);
      // what comes after the answer is read to be thrown away
      if (!response.headersSent && !response.destroyed) response.writeContinue();
      read.call(request, size);
    };
    handler(request, response);
  });
}

/** Whether the body of a request waits to be asked for. */
export function isHeldBack(request: IncomingMessage): boolean {
  return heldBack.has(request);
}
