import helmet from '@fastify/helmet';
import Fastify from 'fastify';

/**
 * The security headers of answers that are data: nothing of them is a page, and nothing may embed them.
 * @see OWASP REST Security Cheat Sheet, "Security Headers"
 */
export const dataSecurityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const;

/** No page of ours asks for any of these, and none that a script sneaks in shall. */
const permissionsPolicy = ['camera', 'geolocation', 'microphone', 'payment', 'usb']
  .map((feature) => `${feature}=()`)
  .join(', ');

/**
 * The security headers of pages. helmet works them out anew for each request, though they never differ; this
 * asks it once.
 */
export async function createPageSecurityHeaders(): Promise<Readonly<Record<string, string>>> {
  const probe = Fastify();
  await probe.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'none'"],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        formAction: ["'self'"],
        scriptSrc: ["'self'"],
        // scripts may still set styles one by one; the API reference alone needs more, see docs-page.ts
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
      },
    },
    // without a referrer of its own a browser sends the forms of our pages with `Origin: null`
    referrerPolicy: { policy: 'same-origin' },
    // strict-transport.ts says it where TLS is known to be there: a plain-HTTP localhost must stay reachable
    strictTransportSecurity: false,
  });
  probe.get('/', async (_request, reply) => reply.send());
  const { headers } = await probe.inject('/');
  await probe.close();
  const ofTransport = new Set(['connection', 'content-length', 'content-type', 'date']);
  const pageHeaders = Object.entries(headers).flatMap(([name, value]) =>
    ofTransport.has(name) ? [] : [[name, String(value)] as const],
  );
  return { ...Object.fromEntries(pageHeaders), 'permissions-policy': permissionsPolicy };
}
