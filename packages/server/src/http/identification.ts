import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { Authentication } from '../auth/authenticate.ts';
import type { Principal } from '../auth/principal.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling: set by {@link identification}, before the body is read. */
    principal: Principal;
  }
}

export type OnRequest = (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => void;

/**
 * A hook that finds out who is calling, and refuses a wrong credential before its body is read. With a callback, not
 * async: most callers are known at once, and a promise for each request would be the dearest part of this.
 */
export function identification({ authenticate }: Pick<Authentication, 'authenticate'>): OnRequest {
  return (request, _reply, done) => {
    const letIn = (principal: Principal) => {
      request.principal = principal;
      done();
    };
    const { authorization, cookie } = request.headers;
    try {
      const found = authenticate({
        authorization,
        cookie,
        isSecure: () => request.protocol === 'https',
        connection: request.raw.socket,
      });
      if (found instanceof Promise) found.then(letIn, done);
      else letIn(found);
    } catch (error) {
      // authenticate throws AppErrors only
      done(error as Error);
    }
  };
}
