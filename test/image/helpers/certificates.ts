// A private certificate authority and a server's certificate by it, made for one test.
import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface Authority {
  /** A directory with the authority's certificate alone, to be mounted at /etc/ssl/certs. */
  readonly directory: string;
  /** The authority's certificate. */
  readonly pem: string;
  /** A server's key and certificate for 127.0.0.1. */
  readonly tls: { readonly key: Buffer; readonly cert: Buffer };
}

/** Makes both in an empty directory. */
export async function makeAuthority(directory: string): Promise<Authority> {
  const file = (name: string) => join(directory, name);
  const trusted = file('trusted');
  await mkdir(trusted);
  const certificate = join(trusted, 'authority.crt');
  const request = ['req', '-x509', '-days', '1', '-newkey', 'rsa:2048', '-noenc'];
  const own = ['-subj', '/CN=Private authority', '-keyout', file('authority.key'), '-out', certificate];
  await execute('openssl', [...request, ...own]);
  const server = ['-subj', '/CN=127.0.0.1', '-keyout', file('server.key'), '-out', file('server.crt')];
  server.push('-CA', certificate, '-CAkey', file('authority.key'));
  server.push('-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=critical,CA:FALSE');
  await execute('openssl', [...request, ...server]);
  return {
    directory: trusted,
    pem: await readFile(certificate, 'utf8'),
    tls: { key: await readFile(file('server.key')), cert: await readFile(file('server.crt')) },
  };
}
