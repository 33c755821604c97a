// A certificate authority for the length of a test run, and certificates for servers on loopback.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { Tls } from './server.ts';

x509.cryptoProvider.set(webcrypto);
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 86_400_000;

export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** For a server on loopback that shows the authority's certificate, which has signed itself, as its own. */
  readonly own: Tls;
  issue(options?: { names?: readonly string[]; expired?: boolean }): Promise<Tls>;
}

/** Makes an authority that nobody trusts yet. */
export async function createAuthority(issuer = 'CN=Test CA'): Promise<Authority> {
  const signing = await newKeys();
  const sign = async (
    subject: string,
    keys: webcrypto.CryptoKeyPair,
    names: readonly string[],
    days: number,
  ) => {
    const certificate = await x509.X509CertificateGenerator.create({
      subject,
      issuer,
      notBefore: new Date(Date.now() - 2 * day),
      notAfter: new Date(Date.now() + days * day),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: signing.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(subject === issuer, undefined, true),
        new x509.SubjectAlternativeNameExtension(
          names.map((value) => ({ type: /^[\d.]+$/.test(value) ? 'ip' : 'dns', value })),
        ),
      ],
    });
    const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
    return {
      key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
      cert: certificate.toString('pem'),
    };
  };
  const own = await sign(issuer, signing, ['127.0.0.1'], 1);
  return {
    certificate: own.cert,
    own,
    issue: async ({ names = ['127.0.0.1', 'localhost'], expired = false } = {}) =>
      sign('CN=Test server', await newKeys(), names, expired ? -1 : 1),
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
