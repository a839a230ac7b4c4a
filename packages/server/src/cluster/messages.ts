import { z } from 'zod';

/** What a worker process tells the primary. */
export const workerMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('oriel:serving'), isReady: z.boolean() }),
  z.object({ type: z.literal('oriel:failed'), message: z.string() }),
  z.object({ type: z.literal('oriel:metrics-wanted'), id: z.int() }),
  // how many connections it has taken, and how many have ended, since it said so last
  z.object({ type: z.literal('oriel:connections'), taken: z.int(), ended: z.int() }),
  // its event loop turns
  z.object({ type: z.literal('oriel:alive') }),
]);
export type WorkerMessage = z.infer<typeof workerMessageSchema>;

/** What the primary tells a worker process. */
export const primaryMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('oriel:stop') }),
  z.object({ type: z.literal('oriel:listening'), url: z.string() }),
  // the connection itself comes with it
  z.object({ type: z.literal('oriel:connection') }),
  z.object({ type: z.literal('oriel:metrics'), id: z.int(), text: z.string() }),
  z.object({ type: z.literal('oriel:alive-wanted') }),
]);
export type PrimaryMessage = z.infer<typeof primaryMessageSchema>;
