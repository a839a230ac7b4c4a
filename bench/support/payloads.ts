import { drawDigit } from '../../models/digits/pen-drawing.ts';
import { byteCount } from '../models/mobilenet/contract.ts';
import { makePhoto } from '../models/photo/example-photo.ts';
import { bytesPayload, jsonPayload, type Payload } from './payload.ts';

/** What each model is sent. A number is written as JSON.stringify would write it. */
const makers: Readonly<Record<string, () => Promise<Payload>>> = {
  penguins: async () =>
    jsonPayload(
      '{"island":"Biscoe","culmenLengthMm":49.8,"culmenDepthMm":15.9,"flipperLengthMm":229,"bodyMassG":5950.1########,"sex":"male"}',
    ),
  spam: async () =>
    jsonPayload(
      '{"subject":"You have WON ####","body":"Click now to claim your FREE $1,####,000 cash prize, risk free, act now!!!"}',
    ),
  // greys as an 8-bit image has them
  pixels: async () =>
    jsonPayload(
      `{"pixels":[0.1########,${Array.from({ length: 783 }, (_, i) => ((i * 37) % 256) / 255).join()}]}`,
    ),
  encoder: async () =>
    jsonPayload(
      `{"tokens":[1####,1####,${Array.from({ length: 30 }, (_, i) => (i * 7919) % 30_522).join()}]}`,
    ),
  mobilenet: async () =>
    bytesPayload(
      'application/octet-stream',
      Buffer.alloc(0),
      Buffer.from(Array.from({ length: byteCount - 8 }, (_, i) => (i * 31) % 251)),
    ),
  // what comes after the end of an image file is skipped by decoders
  photo: async () => bytesPayload('image/jpeg', await makePhoto(), Buffer.alloc(0)),
  digits: async () =>
    bytesPayload('image/png', await drawDigit({ digit: 3, canvasSide: 140, penWidth: 10 }), Buffer.alloc(0)),
};

/** @throws Error when there is none for that model */
export async function payloadOf(model: string): Promise<Payload> {
  const make = makers[model];
  if (!make) throw new Error(`no payload for "${model}"`);
  return make();
}
