import { describe, expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { eventFrames } from './server-sent-events.ts';

const toFrame = (event: number) => `data: ${event}\n\n`;

async function collect(frames: AsyncGenerator<string, void>, most = 100): Promise<string[]> {
  const all: string[] = [];
  for await (const frame of frames) {
    all.push(frame);
    if (all.length >= most) break;
  }
  return all;
}

describe('a stream of events', () => {
  test('says when to come again, then each event, and ends with them', async () => {
    async function* events() {
      yield 1;
      yield 2;
    }
    expect(await collect(eventFrames(events(), toFrame))).toEqual([
      'retry: 1000\n\n',
      'data: 1\n\n',
      'data: 2\n\n',
    ]);
  });

  test('beats while nothing happens, and lets go of its source when its reader goes', async () => {
    let isReleased = false;
    let happen = () => {};
    const happened = new Promise<void>((resolve) => {
      happen = resolve;
    });
    async function* events() {
      try {
        await happened;
        yield 1;
        yield 2;
      } finally {
        isReleased = true;
      }
    }
    const frames = eventFrames(events(), toFrame, 5);
    await frames.next();
    expect((await frames.next()).value).toBe(':\n\n');
    happen();
    let { value } = await frames.next();
    while (value === ':\n\n') ({ value } = await frames.next());
    expect(value).toBe('data: 1\n\n');
    await frames.return();
    expect(isReleased).toBe(true);
  });

  test('ends without a word when the server stops; what else goes wrong breaks it', async () => {
    async function* failing(error: Error): AsyncGenerator<number, void> {
      yield 1;
      throw error;
    }
    const stopping = failing(new AppError('SERVER_STOPPING', 'The server is stopping.'));
    expect(await collect(eventFrames(stopping, toFrame))).toEqual(['retry: 1000\n\n', 'data: 1\n\n']);
    await expect(collect(eventFrames(failing(new Error('broken')), toFrame))).rejects.toThrow('broken');
  });
});
