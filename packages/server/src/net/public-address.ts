import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

type Network = readonly [address: string, bits: number];

/** @see IANA IPv4 Special-Purpose Address Registry; and what clouds answer their own machines on */
const refusedV4: readonly Network[] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // behind a carrier's NAT; Alibaba's metadata
  ['127.0.0.0', 8],
  ['168.63.129.16', 32], // Azure's machine agent
  ['169.254.0.0', 16], // link-local; metadata of most clouds
  ['172.16.0.0', 12],
  ['192.0.0.0', 24], // protocol assignments; Oracle's metadata
  ['192.0.2.0', 24], // documentation
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24], // relays of 6to4
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
];

/** Forms of IPv6 that lead to an address of IPv4, which is then what counts: mapped, and through NAT64. */
const v4Prefixes = ['::ffff:', '64:ff9b::'] as const;

/** Of all IPv6, only this is given out to anybody; loopback, link-local, unique local and multicast are not in it. */
const globalV6: readonly Network[] = [
  ['2000::', 3],
  ...v4Prefixes.map((prefix) => [`${prefix}0.0.0.0`, 96] as const),
];

/** @see IANA IPv6 Special-Purpose Address Registry */
const refusedV6: readonly Network[] = [
  ['2001::', 23], // protocol assignments: Teredo, ORCHID, benchmarks
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: leads to an address of IPv4
  ['2620:4f:8000::', 48],
  ['3fff::', 20], // documentation
  ...v4Prefixes.flatMap((prefix) =>
    refusedV4.map(([address, bits]) => [`${prefix}${address}`, 96 + bits] as const),
  ),
];

const refused = { ipv4: toBlockList(refusedV4, 'ipv4'), ipv6: toBlockList(refusedV6, 'ipv6') };
const global = toBlockList(globalV6, 'ipv6');

function toBlockList(networks: readonly Network[], type: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [address, bits] of networks) list.addSubnet(address, bits, type);
  return list;
}

/**
 * Whether an address is one of the public internet, and not one of this machine's own.
 *
 * @param address - as `node:net` knows them; anything else is not public
 */
export function isPublicAddress(address: string): boolean {
  if (address.includes('%')) return false; // with a zone, it is of one link
  switch (isIP(address)) {
    case 4:
      return !refused.ipv4.check(address, 'ipv4') && !isOwnAddress(address, 'ipv4');
    case 6:
      return (
        global.check(address, 'ipv6') &&
        !refused.ipv6.check(address, 'ipv6') &&
        !isOwnAddress(address, 'ipv6')
      );
    default:
      return false;
  }
}

/** A firewall may keep others out, but not the machine itself. */
function isOwnAddress(address: string, type: 'ipv4' | 'ipv6'): boolean {
  const own = new BlockList();
  for (const one of Object.values(networkInterfaces()).flatMap((list) => list ?? []))
    own.addAddress(one.address, one.family === 'IPv6' ? 'ipv6' : 'ipv4');
  return own.check(address, type);
}
