import { TextField } from './text-field.tsx';

interface Props {
  readonly name: string;
  readonly label: string;
  /** The shortest that the server accepts; undefined while that is not known. */
  readonly charsMin: number | undefined;
  readonly autoFocus?: boolean;
  readonly error: string | undefined;
}

/** A password that is chosen now; password managers offer to make one. */
export function NewPasswordField({ charsMin, ...props }: Props) {
  return (
    <TextField
      {...props}
      type="password"
      autoComplete="new-password"
      required
      help={charsMin === undefined ? undefined : `At least ${charsMin} characters.`}
    />
  );
}
