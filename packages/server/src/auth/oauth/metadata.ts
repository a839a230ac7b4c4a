import { grantSchema, scopeSchema } from '@oriel/schemas';

export const oauthPaths = {
  token: '/oauth/token',
  revoke: '/oauth/revoke',
  jwks: '/.well-known/jwks.json',
  metadata: '/.well-known/oauth-authorization-server',
} as const;

/** @see RFC 8414, section 2, "Authorization Server Metadata" */
export function oauthMetadata(issuer: string) {
  return {
    issuer,
    token_endpoint: `${issuer}${oauthPaths.token}`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    revocation_endpoint: `${issuer}${oauthPaths.revoke}`,
    revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    jwks_uri: `${issuer}${oauthPaths.jwks}`,
    grant_types_supported: grantSchema.options,
    // there is no authorization endpoint, and the field is required
    response_types_supported: [],
    scopes_supported: scopeSchema.options,
    service_documentation: `${issuer}/docs`,
  };
}
