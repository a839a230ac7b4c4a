import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

interface TlsFiles {
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
}

/** What a TLS server needs: PEM texts, the certificate's chain included. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/**
 * Reads the certificate and its key; undefined when none is set.
 *
 * @throws Error that names the setting, the file and what is wrong: a server that starts must be one that can be used
 */
export function readTlsPair({ certFile, keyFile }: TlsFiles, now = new Date()): TlsPair | undefined {
  if (certFile === undefined || keyFile === undefined) return undefined;
  const cert = readText('ORIEL_TLS_CERT_FILE', certFile);
  const key = readText('ORIEL_TLS_KEY_FILE', keyFile);
  const certificate = parse('ORIEL_TLS_CERT_FILE', certFile, () => new X509Certificate(cert));
  const privateKey = parse('ORIEL_TLS_KEY_FILE', keyFile, () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey))
    throw new Error(
      `ORIEL_TLS_KEY_FILE: ${keyFile} is not the key of the certificate in ${certFile}. The server's own certificate must come first in that file.`,
    );
  if (certificate.validToDate < now)
    throw new Error(`ORIEL_TLS_CERT_FILE: ${certFile} has expired on ${certificate.validTo}. Renew it.`);
  return { cert, key };
}

function readText(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new Error(`${setting}: ${file} cannot be read: ${code}.`, { cause });
  }
}

function parse<T>(setting: string, file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    // the message of OpenSSL helps nobody, and must not hold a part of a key
    throw new Error(`${setting}: ${file} holds no valid PEM text, or one with a passphrase.`, { cause });
  }
}
