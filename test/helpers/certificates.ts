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
export async function createAuthority(name = 'CN=Test CA'): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + day),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
    ],
  });
  const certificate = authority.toString('pem');
  return {
    certificate,
    own: { key: await pemKey(keys.privateKey), cert: certificate },
    async issue({ names = ['127.0.0.1', 'localhost'], expired = false } = {}) {
      const serverKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const issued = await x509.X509CertificateGenerator.create({
        serialNumber: '02',
        subject: 'CN=Test server',
        issuer: authority.subject,
        notBefore: new Date(Date.now() - 2 * day),
        notAfter: new Date(Date.now() + (expired ? -day : day)),
        signingAlgorithm: algorithm,
        publicKey: serverKeys.publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new x509.SubjectAlternativeNameExtension(
            names.map((value) => ({ type: /^[\d.]+$/.test(value) ? 'ip' : 'dns', value })),
          ),
        ],
      });
      return { key: await pemKey(serverKeys.privateKey), cert: issued.toString('pem') };
    },
  };
}

async function pemKey(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return `-----BEGIN PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END PRIVATE KEY-----\n`;
}
