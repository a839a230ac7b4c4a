import type { z } from 'zod';

/** What kind of data a model reads; the demo page and the docs group by it. */
export type ModelTask = 'tabular' | 'text' | 'image';

/** A zod object schema that reads `In` from the wire and gives `Out`. */
export type ObjectSchema<Out, In> = z.ZodObject & z.ZodType<Out, In>;

/**
 * The field of the input that holds an encoded image. A caller may then send the file's bytes alone
 * (`image/*` body, octet stream, multipart form) where JSON would need base64.
 */
export interface MediaInput {
  readonly field: string;
  readonly types: readonly string[];
}

/** One input a reader can try, with a name. Each is also run when a server starts: it must be answered, and warms the model up. */
export interface ContractExample<In> {
  readonly title: string;
  readonly input: In;
}

/** The promise of a model to its callers: what goes in, what comes out. Needs no server and no runtime. */
export interface ModelContract<
  Id extends string,
  Input,
  WireInput,
  Output,
  WireOutput,
  Media extends MediaInput | undefined = MediaInput | undefined,
> {
  /** Also the name of the model's folder, of its procedure and of its REST path. */
  readonly id: Id;
  readonly title: string;
  /** One or two sentences for people; shown in the API document and on the demo page. */
  readonly description: string;
  readonly task: ModelTask;
  readonly input: ObjectSchema<Input, WireInput>;
  readonly output: ObjectSchema<WireOutput, Output>;
  readonly examples: readonly [ContractExample<WireInput>, ...ContractExample<WireInput>[]];
  readonly media?: Media;
}

// biome-ignore lint/suspicious/noExplicitAny: only ever a constraint; `any` lets each contract keep its own types
export type AnyContract = ModelContract<string, any, any, any, any>;

/** What the pipeline is given: the input after validation. */
export type InputOf<C> = C extends ModelContract<string, infer I, infer _W, infer _O, infer _X> ? I : never;
/** What a caller sends. */
export type WireInputOf<C> =
  C extends ModelContract<string, infer _I, infer W, infer _O, infer _X> ? W : never;
/** Whether a caller may send a file alone: the contract's media input, or never. */
export type MediaOf<C> = C extends { readonly media?: infer Media } ? Extract<Media, MediaInput> : never;
/** What the pipeline gives, before validation. */
export type OutputOf<C> = C extends ModelContract<string, infer _I, infer _W, infer O, infer _X> ? O : never;
/** What a caller gets. */
export type WireOutputOf<C> =
  C extends ModelContract<string, infer _I, infer _W, infer _O, infer X> ? X : never;

/**
 * Declares a model's contract. The types of its schemas flow from here to the pipeline, the router and every client.
 *
 * @example
 * export const penguins = defineContract({ id: 'penguins', input: z.strictObject({…}), output: z.object({…}), … });
 */
export function defineContract<
  const Id extends string,
  Input,
  WireInput,
  Output,
  WireOutput,
  Media extends MediaInput | undefined = undefined,
>(
  contract: ModelContract<Id, Input, WireInput, Output, WireOutput, Media>,
): ModelContract<Id, Input, WireInput, Output, WireOutput, Media> {
  return contract;
}

/** The name of a model's types: `late-arrivals` as `LateArrivals`. */
export function typeNameOf(id: string): string {
  return id.replace(/(^|-)([a-z0-9])/g, (_match, _hyphen, letter: string) => letter.toUpperCase());
}
