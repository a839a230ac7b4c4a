import { isIP } from 'node:net';
import { AppError } from '../errors.ts';
import { isPublicAddress } from './public-address.ts';

/** Which URLs may be asked. */
export interface UrlRules {
  /** Lets every address and port be asked: for tests, and networks that are closed anyway. */
  readonly isPrivateAllowed: boolean;
  /** Default: {@link webPorts}. */
  readonly ports?: readonly number[];
  /** Default: {@link isPublicAddress}. */
  readonly isPublic?: (address: string) => boolean;
}

/** @throws AppError URL_REFUSED */
export type ReadUrl = (text: string, base?: URL) => URL;

/** Where the web is; other ports belong to databases, mail and the like, which speak to whoever asks. */
export const webPorts: readonly number[] = [80, 443, 8080, 8443];

/**
 * Makes the reader of URLs that may be asked, as far as their text tells: what a name stands for is found out when it
 * is asked.
 */
export function createUrlReader({ isPrivateAllowed, ports = webPorts, isPublic }: UrlRules): ReadUrl {
  return (text, base) => {
    const url = toOutboundUrl(text, base, isPrivateAllowed ? null : ports);
    if (!isPrivateAllowed && isOfTheInside(hostOf(url), isPublic ?? isPublicAddress)) throw notPublic();
    return url;
  };
}

/** The host as a resolver takes it: an address of IPv6 is without its brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/**
 * The parser of URLs has written every form of an address of IPv4 — decimal, octal, hexadecimal, shortened — in the one
 * with four numbers.
 * @see RFC 6761, section 6.3, "Domain Name Reservation Considerations for localhost."
 */
function isOfTheInside(host: string, isPublic: (address: string) => boolean): boolean {
  return isIP(host) === 0 ? /(?:^|\.)localhost\.?$/.test(host) : !isPublic(host);
}

/** @param ports - null: all */
function toOutboundUrl(text: string, base: URL | undefined, ports: readonly number[] | null): URL {
  const url = URL.parse(text, base);
  if (!url) throw urlRefused('it is no URL. Give one like https://example.com/rows.csv');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw urlRefused('only http and https are asked');
  if (url.username !== '' || url.password !== '')
    throw urlRefused('it holds a user name or a password. Give a URL without them');
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  if (ports && !ports.includes(port))
    throw urlRefused(`port ${port} is not asked; ports that are: ${ports.join(', ')}`);
  return url;
}

/** @param reason - tells nothing of what is or is not behind the URL when it is not public */
export function urlRefused(reason: string, cause?: unknown): AppError {
  return new AppError('URL_REFUSED', `The URL cannot be used: ${reason}.`, { cause });
}

/** The same refusal with the field that holds the URL; any other error as it is. */
export function withUrlField(error: unknown, path: readonly string[]): unknown {
  if (!(error instanceof AppError) || error.code !== 'URL_REFUSED') return error;
  const { code, message, cause } = error;
  return new AppError(code, message, { issues: [{ path: [...path], rule: 'url', message }], cause });
}

/** One text for a name that nobody has and one of the inside: callers could else find out which there are. */
export function notPublic(cause?: unknown): AppError {
  return urlRefused('its host has no public address', cause);
}
