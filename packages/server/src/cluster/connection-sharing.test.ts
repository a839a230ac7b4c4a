import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createConnectionSharing } from './connection-sharing.ts';

async function listen() {
  const sharing = createConnectionSharing({ host: '127.0.0.1', port: 0 });
  const port = await sharing.listen();
  const given: Socket[] = [];
  onTestFinished(() => {
    sharing.close();
    for (const connection of given) connection.destroy();
  });
  const addTaker = () => {
    const taken: Socket[] = [];
    const share = sharing.add({
      give(connection) {
        taken.push(connection);
        given.push(connection);
        queueMicrotask(() => share.report({ taken: 1, ended: 0 }));
      },
    });
    return { taken, ...share };
  };
  const call = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const caller = connect(port, '127.0.0.1');
      given.push(caller);
      await once(caller, 'connect');
    }
  };
  return { sharing, port, addTaker, call };
}

describe('createConnectionSharing', () => {
  test('connections that come together are shared evenly', async () => {
    const { addTaker, call } = await listen();
    const [a, b] = [addTaker(), addTaker()];
    await call(20);
    await expect.poll(() => a.taken.length + b.taken.length).toBe(20);
    expect(a.taken).toHaveLength(10);
  });

  test('who reports that some ended has no advantage at once: the other may just not have said so yet', async () => {
    const { addTaker, call } = await listen();
    const [a, b] = [addTaker(), addTaker()];
    await call(10);
    await expect.poll(() => a.taken.length + b.taken.length).toBe(10);
    a.report({ taken: 0, ended: 5 });
    await call(10);
    await expect.poll(() => a.taken.length + b.taken.length).toBe(20);
    expect(a.taken).toHaveLength(10);
  });

  test('a while later it gets the next ones', async () => {
    const { addTaker, call } = await listen();
    const [a, b] = [addTaker(), addTaker()];
    await call(10);
    await expect.poll(() => a.taken.length + b.taken.length).toBe(10);
    a.report({ taken: 0, ended: 5 });
    // each goes to one of both until the report counts: all of them cannot
    await expect
      .poll(
        async () => {
          await call(1);
          return a.taken.length - b.taken.length;
        },
        { timeout: 10_000, interval: 100 },
      )
      .toBeGreaterThanOrEqual(3);
  });

  test('what is removed gets no more', async () => {
    const { addTaker, call } = await listen();
    const [a, b] = [addTaker(), addTaker()];
    a.remove();
    await call(4);
    await expect.poll(() => b.taken.length).toBe(4);
    expect(a.taken).toHaveLength(0);
  });

  test('what it had not taken when it was removed gets to another, now or once there is one', async () => {
    const { sharing, addTaker, call } = await listen();
    const stuck: Socket[] = [];
    const share = sharing.add({ give: (connection) => stuck.push(connection) });
    await call(3);
    await expect.poll(() => stuck.length).toBe(3);
    share.report({ taken: 1, ended: 0 });
    share.remove();
    expect(addTaker().taken).toEqual(stuck.slice(1));
  });

  test('while nobody is there to serve them connections wait, and get to the first who is', async () => {
    const { addTaker, call } = await listen();
    await call(3);
    const a = addTaker();
    await expect.poll(() => a.taken.length).toBe(3);
  });

  test('a port that is taken is an error', async () => {
    const { port } = await listen();
    const another = createConnectionSharing({ host: '127.0.0.1', port });
    await expect(another.listen()).rejects.toThrow('EADDRINUSE');
  });

  test('once closed it takes no more', async () => {
    const { sharing, port } = await listen();
    sharing.close();
    const caller = connect(port, '127.0.0.1');
    await expect(once(caller, 'connect')).rejects.toThrow('ECONNREFUSED');
  });
});
