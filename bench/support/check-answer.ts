import { isDeepStrictEqual } from 'node:util';
import { openModel } from './open-model.ts';
import { bodyOf, type Payload } from './payload.ts';

const sample = 12_345_678;

/** What the model gives for one body, computed here: every server must say the same. */
export async function expectedOutput(model: string, payload: Payload): Promise<unknown> {
  const { contract, predict } = await openModel(model);
  const body = bodyOf(payload, sample);
  const wire: unknown = contract.media
    ? { [contract.media.field]: body.toString('base64') }
    : JSON.parse(body.toString());
  return predict(contract.input.parse(wire));
}

interface Check {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload: Payload;
  /** The output; undefined when any answer will do. */
  readonly expected: unknown;
  readonly outputOf: (answer: unknown) => unknown;
}

/**
 * Asks a server for the same body.
 *
 * @throws Error when it says something else: a fast wrong answer is worth nothing
 */
export async function checkAnswer({ url, headers, payload, expected, outputOf }: Check): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': payload.contentType },
    body: new Uint8Array(bodyOf(payload, sample)),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 300)}`);
  if (expected === undefined) return;
  const output = outputOf(JSON.parse(text));
  if (!isClose(output, expected))
    throw new Error(`${url} gave a wrong answer: ${JSON.stringify(output)?.slice(0, 300)}`);
}

/** Equal, but for the last digits of numbers: sums are taken in another order in a batch. */
export function isClose(one: unknown, other: unknown): boolean {
  if (typeof one === 'number' && typeof other === 'number')
    return Math.abs(one - other) <= 1e-4 * Math.max(1, Math.abs(one));
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return isDeepStrictEqual(one, other);
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => isClose(Reflect.get(one, name), Reflect.get(other, name)))
  );
}
