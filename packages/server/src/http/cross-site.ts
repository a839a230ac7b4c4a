import type { FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { AppError } from '../errors.ts';

/** What a browser says of where a request comes from. No page can set or leave out any of it. */
export interface Provenance {
  readonly method: string;
  readonly cookie: string | undefined;
  readonly authorization: string | undefined;
  readonly secFetchSite: string | undefined;
  readonly origin: string | undefined;
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const sessionCookie = /(?:^|;)\s*(?:__Host-oriel-|oriel-session)/;

/**
 * Whether a request may be a page of another site that uses a visitor's session. Only cookies are sent by a browser on
 * its own: whoever shows an API key or token means it.
 *
 * @param isOurs - whether an origin is this server's own, or one whose pages it lets call
 * @see OWASP Cross-Site Request Forgery Prevention Cheat Sheet, "Fetch Metadata headers"
 */
export function isForged(
  { method, cookie, authorization, secFetchSite, origin }: Provenance,
  isOurs: (origin: string) => boolean,
): boolean {
  if (safeMethods.has(method) || cookie === undefined || authorization !== undefined) return false;
  if (!sessionCookie.test(cookie)) return false;
  if (secFetchSite === 'same-origin' || secFetchSite === 'none') return false;
  // where there is no Sec-Fetch-Site (plain HTTP, old browsers), and for the listed origins of other sites
  return origin === undefined || !isOurs(origin);
}

/**
 * Refuses forged requests before anything of them is read.
 *
 * @param origins - what counts as ours beside the address that the request came to
 */
export function crossSiteProtection(origins: readonly string[]) {
  return (request: FastifyRequest, _reply: unknown, done: HookHandlerDoneFunction): void => {
    const { method, headers } = request;
    // most callers have no cookie: nothing more is made for them
    if (headers.cookie === undefined) {
      done();
      return;
    }
    const { cookie, authorization, origin, 'sec-fetch-site': site } = headers;
    const provenance: Provenance = {
      method,
      cookie,
      authorization,
      origin,
      secFetchSite: Array.isArray(site) ? site.join() : site,
    };
    const isOurs = (from: string) =>
      origins.includes(from) || from === `${request.protocol}://${request.host}`;
    done(isForged(provenance, isOurs) ? refused() : undefined);
  };
}

function refused(): AppError {
  return new AppError(
    'CROSS_SITE_REFUSED',
    'This came with the cookie of a session, but not from a page of this server. Expected: Sec-Fetch-Site: same-origin, or the Origin of this server or one that it lists. Programs send Authorization instead of a cookie.',
  );
}
