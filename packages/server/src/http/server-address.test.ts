import { describe, expect, test } from 'vitest';
import { checkAddress, toListenError } from './server-address.ts';

describe('an address that cannot be had', () => {
  const address = { host: 'example', port: 443 };

  test.each([
    ['EADDRINUSE', { syscall: 'listen' }, /Port 443 is in use.*PORT=/],
    ['EACCES', { syscall: 'listen' }, /Port 443 .*PORT=/],
    ['EADDRNOTAVAIL', { syscall: 'listen' }, /"example" is no address of this machine.*HOST=/],
    ['ENOTFOUND', { hostname: 'example' }, /"example" is no address of this machine.*HOST=/],
  ])('%s is told with the setting that changes it', (code, about, message) => {
    const cause = Object.assign(new Error('of the system'), { code, ...about });
    expect(toListenError(cause, address)).toMatchObject({ message: expect.stringMatching(message), cause });
  });

  test('anything else is told as it is', () => {
    const ofDatabase = Object.assign(new Error('not found'), { code: 'ENOTFOUND', hostname: 'database' });
    for (const error of [new Error('of ours'), ofDatabase]) expect(toListenError(error, address)).toBe(error);
  });

  test('is found out without a server; any port of one’s own can be', async () => {
    // of documentation: no machine has it
    await expect(checkAddress({ host: '192.0.2.1', port: 0 })).rejects.toThrow('HOST=');
    await expect(checkAddress({ host: '127.0.0.1', port: 0 })).resolves.toBeUndefined();
  });
});
