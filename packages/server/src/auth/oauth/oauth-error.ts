/** @see RFC 6749, section 5.2, "Error Response" */
export type OauthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope';

/** An expected failure, in the words of OAuth. `message` is safe to show; its characters are those of the standard. */
export class OauthError extends Error {
  override readonly name = 'OauthError';
  readonly code: OauthErrorCode;
  /** 401 asks for a client's credential, which the standard has for `invalid_client` alone. */
  readonly status: 400 | 401;

  constructor(code: OauthErrorCode, message: string) {
    super(message);
    this.code = code;
    this.status = code === 'invalid_client' ? 401 : 400;
  }
}
