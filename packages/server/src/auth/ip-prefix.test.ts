import { describe, expect, test } from 'vitest';
import { limitedPrefix, shownPrefix, toIpPrefix } from './ip-prefix.ts';

describe('toIpPrefix', () => {
  test.each([
    ['192.0.2.77', '192.0.2.0/24', '192.0.2.77/32'],
    // an address of IPv4 at a socket of IPv6
    ['::ffff:192.0.2.77', '192.0.2.0/24', '192.0.2.77/32'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001::7', '2001:db8:1::/48', '2001:db8:1:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0::/48', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0::/48', '0:0:0:0::/64'],
  ])('%s: %s is shown, %s is limited', (address, shown, limited) => {
    expect(toIpPrefix(address, shownPrefix)).toBe(shown);
    expect(toIpPrefix(address, limitedPrefix)).toBe(limited);
  });

  test('what is no address has no network', () => {
    expect(toIpPrefix('unknown', shownPrefix)).toBe(null);
  });
});
