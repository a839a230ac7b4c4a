import { AppError } from '../errors.ts';

/** Where the web is; other ports belong to databases, mail and the like, which speak to whoever asks. */
export const webPorts: readonly number[] = [80, 443, 8080, 8443];

/**
 * A URL that may be asked, as far as its text tells. The parser of URLs has written every form of an address of IPv4 —
 * decimal, octal, hexadecimal, shortened — in the one with four numbers.
 *
 * @param ports - null: all
 * @throws AppError URL_REFUSED
 */
export function toOutboundUrl(text: string, base: URL | undefined, ports: readonly number[] | null): URL {
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

/** One text for a name that nobody has and one of the inside: callers could else find out which there are. */
export function notPublic(cause?: unknown): AppError {
  return urlRefused('its host has no public address', cause);
}
