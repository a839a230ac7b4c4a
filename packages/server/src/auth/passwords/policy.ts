import { AppError } from '../../errors.ts';

/** A password that somebody wants to have, and what is known of who that is. */
export interface PasswordWish {
  readonly password: string;
  readonly email: string;
  readonly name: string;
  /** The field of the input that it came in, for the error. */
  readonly field: string;
}

/** More would only cost time to hash. */
const bytesMax = 1024;
const distinctCharsMin = 5;
/** What people put at the ends of a common password when they are asked for digits and signs. */
const decoration = /^[^\p{L}]{0,4}|[^\p{L}]{0,4}$/gu;

/**
 * Refuses passwords that are guessed first. There are no rules on kinds of characters: they make passwords worse.
 *
 * @throws AppError INPUT_INVALID
 * @see NIST SP 800-63B, section 3.1.1.2, "Password Verifiers"
 */
export async function checkPassword(wish: PasswordWish, charsMin: number): Promise<void> {
  const problem = problemOf(wish, charsMin) ?? ((await isCommon(wish.password)) ? tooCommon : null);
  if (!problem) return;
  const { rule, message } = problem;
  throw new AppError('INPUT_INVALID', `This password cannot be used: it ${message}.`, {
    issues: [{ path: [wish.field], rule, message }],
  });
}

interface PasswordProblem {
  readonly rule: string;
  readonly message: string;
}

const tooCommon: PasswordProblem = {
  rule: 'common',
  message: 'must not be one that many people use, not even with a few digits added',
};

function problemOf({ password, email, name }: PasswordWish, charsMin: number): PasswordProblem | null {
  // a character is one, however many bytes it takes
  const chars = Array.from(password);
  if (chars.length < charsMin)
    return { rule: 'too_small', message: `must have at least ${charsMin} characters` };
  if (Buffer.byteLength(password) > bytesMax)
    return { rule: 'too_big', message: `must have at most ${bytesMax} bytes` };
  if (new Set(chars).size < distinctCharsMin)
    return { rule: 'repeated', message: `must have at least ${distinctCharsMin} different characters` };
  const own = [email, name, email.split('@', 1)[0] ?? ''].map((text) => text.toLowerCase());
  const isOwn = own.includes(password.toLowerCase()) || own.includes(bare(password));
  return isOwn ? { rule: 'own', message: 'must not be the name or the e-mail address' } : null;
}

function bare(password: string): string {
  return password.toLowerCase().replaceAll(decoration, '');
}

async function isCommon(password: string): Promise<boolean> {
  const common = await readCommon();
  const text = bare(password);
  const half = text.slice(0, text.length / 2);
  return (
    common.has(password.toLowerCase()) || common.has(text) || (half.repeat(2) === text && common.has(half))
  );
}

let commonPasswords: Promise<ReadonlySet<string>> | undefined;

/** 50,000 of the best known passwords, read when the first is asked for. */
function readCommon(): Promise<ReadonlySet<string>> {
  commonPasswords ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common']),
  );
  return commonPasswords;
}
