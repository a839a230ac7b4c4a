interface Extra {
  readonly status?: number;
  readonly code?: string;
  readonly cause?: unknown;
}

/** No access token: the message says why, and never holds a secret. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  /** The HTTP status of the answer; null when there was none. */
  readonly status: number | null;
  /** The error code of RFC 6749, e.g. `invalid_client`; null when the server gave none. */
  readonly code: string | null;

  constructor(reason: string, { status, code, cause }: Extra = {}) {
    super(`There is no access token: ${reason}`, { cause });
    this.status = status ?? null;
    this.code = code ?? null;
  }
}
