import { z } from 'zod';

/** A moment in UTC, as RFC 3339 writes it. */
export const time = z.iso.datetime();
