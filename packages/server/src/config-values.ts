import { isIP } from 'node:net';
import { z } from 'zod';

/** Commas apart, without the blanks around them. */
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/**
 * Origins as browsers send them. No `*`: together with cookies it would open every session to every site.
 * @see RFC 6454, section 6.2, "ASCII Serialization of an Origin"
 */
export const originList: z.ZodType<readonly string[], string> = list.refine(
  (origins) => origins.every(isOrigin),
  'origins with commas between them, each a scheme and a host, without a path and without *',
);

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && /^https?:[^*]+$/.test(text);
}

/** An origin too, so that paths can be put behind it; a `/` at its end is forgiven. */
export const publicUrl: z.ZodType<string, string> = z
  .string()
  .transform((text) => text.replace(/\/$/, ''))
  .refine(isOrigin, 'a scheme and a host, without a path');

export const portList: z.ZodType<readonly number[], string> = list
  .transform((ports) => ports.map(Number))
  .refine(
    (ports) =>
      ports.length > 0 && ports.every((port) => Number.isInteger(port) && port > 0 && port <= 65_535),
    'ports from 1 to 65535 with commas between them',
  );

const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a URL is of plain HTTP that does not leave this machine. */
export function isLoopbackHttp(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && loopbackHosts.has(hostname);
}

/** Kept as written: a provider's tokens must name the very same text. */
export const providerUrl: z.ZodType<string, string> = z
  .string()
  .refine(isProviderUrl, 'an https URL without query and fragment; http only on this machine');

function isProviderUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  if (/[?#]/.test(text) || username !== '' || password !== '') return false;
  return protocol === 'https:' || isLoopbackHttp(text);
}

/** Names for networks that never come from the internet. */
const namedNetworks: ReadonlySet<string> = new Set(['loopback', 'linklocal', 'uniquelocal']);
const proxiesMax = 16;

/** False, how many proxies every request passes, or the networks that proxies are in. */
export const trustedProxies: z.ZodType<false | number | readonly string[], string> = z
  .string()
  .transform((text) => (text === 'off' ? false : /^\d+$/.test(text) ? Number(text) : list.parse(text)))
  .refine(
    (value) =>
      value === false ||
      (typeof value === 'number' ? value >= 1 && value <= proxiesMax : value.every(isNetwork)),
    `off, a number of proxies from 1 to ${proxiesMax}, or addresses and networks (10.0.0.0/8, loopback) with commas between them`,
  );

function isNetwork(text: string): boolean {
  if (namedNetworks.has(text)) return true;
  const [address = '', bits, more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more !== undefined) return false;
  if (bits === undefined) return true;
  // a network of 0 bits is everybody, who could then claim any address
  return /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}
