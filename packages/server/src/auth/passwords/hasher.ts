import { randomBytes } from 'node:crypto';
import { type Algorithm, hash, parseOptions, verify } from '@node-rs/argon2';
import { AppError } from '../../errors.ts';

/** What a hash costs. @see OWASP Password Storage Cheat Sheet, "Argon2id" */
export interface PasswordCost {
  readonly memoryKib: number;
  readonly passes: number;
}

/** The library has a name for it in its types alone, which Node cannot read. */
const argon2id: Algorithm.Argon2id = 2;
const threads = 1;
/** Each waits for a thread of libuv's few, and takes memory while it runs: more than this at once is an attack. */
const waitingMax = 64;

export type PasswordHasher = ReturnType<typeof createPasswordHasher>;

/** Hashes of passwords: argon2id, off the event loop. */
export function createPasswordHasher({ memoryKib, passes }: PasswordCost) {
  let waitingCount = 0;
  let dummy: Promise<string> | undefined;

  return {
    /** @throws AppError SERVER_OVERLOADED */
    hash: (password: string): Promise<string> => bounded(() => toHash(password)),

    /**
     * Whether `password` is the one that was hashed. Without a hash it does the same work and says no: how long it
     * takes does not tell whether there is an account.
     *
     * @throws AppError SERVER_OVERLOADED
     */
    async isRight(password: string, passwordHash: string | null): Promise<boolean> {
      // asked for in both cases, or the first answer about no account would take longer than all others
      dummy ??= toHash(randomBytes(32).toString('base64'));
      const other = await dummy;
      const isMatch = await bounded(() => verify(passwordHash ?? other, composed(password)));
      return isMatch && passwordHash !== null;
    },

    /** Whether a hash was made at another cost than new ones are. */
    isOutdated(passwordHash: string): boolean {
      const { algorithm, memoryCost, timeCost, parallelism } = parseOptions(passwordHash);
      return (
        algorithm !== argon2id || memoryCost !== memoryKib || timeCost !== passes || parallelism !== threads
      );
    },
  };

  function toHash(password: string): Promise<string> {
    return hash(composed(password), {
      algorithm: argon2id,
      memoryCost: memoryKib,
      timeCost: passes,
      parallelism: threads,
    });
  }

  async function bounded<T>(work: () => Promise<T>): Promise<T> {
    if (waitingCount >= waitingMax)
      throw new AppError('SERVER_OVERLOADED', 'Too many people sign in at once. Try again.', {
        retryAfterS: 5,
      });
    waitingCount++;
    try {
      return await work();
    } finally {
      waitingCount--;
    }
  }
}

/**
 * Keyboards differ in whether an accent is a character of its own: what looks the same is the same password.
 * @see RFC 8265, section 4.2.2, "Enforcement" (OpaqueString)
 */
function composed(password: string): string {
  return password.normalize('NFC');
}
