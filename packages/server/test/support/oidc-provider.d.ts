// the package has no types of its own; these are the parts that the tests use
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  interface Exchange {
    readonly path: string;
    body: unknown;
  }

  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    callback(): RequestListener;
    use(middleware: (exchange: Exchange, next: () => Promise<void>) => Promise<void>): void;
    readonly Grant: new (properties: {
      clientId: string;
      accountId: string;
    }) => {
      addOIDCScope(scope: string): void;
      save(): Promise<string>;
    };
  }
}
