import type { AppRouter } from '@oriel/server';
import type { AnyTRPCProcedure, inferTransformedProcedureOutput } from '@trpc/server';

type Root = AppRouter['_def']['_config']['$types'];
type Procedures = AppRouter['_def']['record'];

type PathsOf<R> = {
  [K in keyof R & string]: R[K] extends AnyTRPCProcedure ? K : `${K}.${PathsOf<R[K]>}`;
}[keyof R & string];

type ProcedureAt<R, Path extends string> = Path extends `${infer Head}.${infer Rest}`
  ? Head extends keyof R
    ? ProcedureAt<R[Head], Rest>
    : never
  : Path extends keyof R
    ? R[Path]
    : never;

/** The path of a procedure of the API, e.g. `models.penguins.predict`. */
export type ProcedurePath = PathsOf<Procedures>;

/** What a caller sends to the procedure at `Path`. */
export type InputAt<Path extends ProcedurePath> =
  ProcedureAt<Procedures, Path> extends infer P extends AnyTRPCProcedure
    ? P['_def']['$types']['input']
    : never;

/** What a caller gets from the procedure at `Path`. */
export type OutputAt<Path extends ProcedurePath> =
  ProcedureAt<Procedures, Path> extends infer P extends AnyTRPCProcedure
    ? inferTransformedProcedureOutput<Root, P>
    : never;
