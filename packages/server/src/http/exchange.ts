import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Exchange } from '../trpc/context.ts';

/** The exchange of a request and its answer. A class: one is made for each request, and most are never asked anything. */
export class RequestExchange implements Exchange {
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;

  constructor(request: FastifyRequest, reply: FastifyReply) {
    this.#request = request;
    this.#reply = reply;
  }

  get ip(): string {
    return this.#request.ip;
  }

  get userAgent(): string | undefined {
    return this.#request.headers['user-agent'];
  }

  get isSecure(): boolean {
    return this.#request.protocol === 'https';
  }

  setCookie(name: string, text: string): void {
    const reply = this.#reply;
    // a list, or one, or none
    const others = [reply.getHeader('set-cookie') ?? []]
      .flat()
      .map(String)
      .filter((cookie) => !cookie.startsWith(`${name}=`));
    reply.removeHeader('set-cookie').header('set-cookie', [...others, text]);
  }
}
