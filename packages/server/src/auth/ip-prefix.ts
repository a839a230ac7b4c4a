import { isIP } from 'node:net';

/** How much of an address names a network: the rest is one household's or one person's. */
interface PrefixBits {
  /** A multiple of 8. */
  readonly v4: number;
  /** A multiple of 16. */
  readonly v6: number;
}

/** For lists: tells a person where a browser was, and not more. */
export const shownPrefix: PrefixBits = { v4: 24, v6: 48 };
/** For limits: one subscriber has 2^64 addresses of IPv6 or more. */
export const limitedPrefix: PrefixBits = { v4: 32, v6: 64 };

/** The network of an address, e.g. `192.0.2.0/24`; null for what is no address. */
export function toIpPrefix(address: string, { v4, v6 }: PrefixBits): string | null {
  const ip = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIP(ip) === 4) {
    const kept = ip.split('.').map((part, i) => (i < v4 / 8 ? part : '0'));
    return `${kept.join('.')}/${v4}`;
  }
  if (isIP(ip) !== 6) return null;
  const kept = groupsOf(ip).slice(0, v6 / 16);
  return `${kept.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/${v6}`;
}

/** All eight groups of an IPv6 address that has no dots. */
function groupsOf(ip: string): string[] {
  // the URL parser writes a mapped address in groups
  const plain = new URL(`http://[${ip}]`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  const split = (text: string) => (text === '' ? [] : text.split(':'));
  if (tail === undefined) return split(head);
  const [start, end] = [split(head), split(tail)];
  return [...start, ...Array<string>(8 - start.length - end.length).fill('0'), ...end];
}
