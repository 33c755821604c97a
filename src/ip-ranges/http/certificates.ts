// Which certificate authorities are trusted: Node's, the system's, and those of `ca_certs`.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pemCertificates } from '../../config/source.ts';

const defaultFile = '/etc/ssl/certs/ca-certificates.crt';
const defaultDirectory = '/etc/ssl/certs';

/**
 * How many authorities are loaded: `likely` are those that vouch for nearly every server, namely `ca_certs` where the
 * source has them and Node's own where it has not; `all` are Node's, the system's and `ca_certs`, several hundred.
 */
export type Trust = 'likely' | 'all';

/**
 * PEM certificates to trust, or undefined when Node's own are all there is. The system's are those that OpenSSL
 * would read: SSL_CERT_FILE and SSL_CERT_DIR, or /etc/ssl/certs, where Concourse workers mount theirs; and Node's
 * NODE_EXTRA_CA_CERTS.
 */
export function trustedCertificates(
  trust: Trust,
  caCerts: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string[] | undefined {
  const own = caCerts.flatMap(pemCertificates);
  if (trust === 'likely') return own.length === 0 ? undefined : own;
  const added = [...systemCertificates(env), ...own];
  // Loaded when it is first needed: for https.
  const { rootCertificates } = process.getBuiltinModule('node:tls');
  return added.length === 0 ? undefined : [...new Set([...rootCertificates, ...added])];
}

function systemCertificates(env: Readonly<Record<string, string | undefined>>): string[] {
  const directories = (env['SSL_CERT_DIR'] || defaultDirectory).split(':');
  const files = [
    env['SSL_CERT_FILE'] || defaultFile,
    // Node adds those itself, but only where it is given no certificates.
    env['NODE_EXTRA_CA_CERTS'] || [],
    directories.flatMap(certificateFiles),
  ].flat();
  return [...new Set(files)].flatMap((file) => pemCertificates(read(file)));
}

/** Files that hold certificates by their names; OpenSSL's hashed links lead to the same files. */
function certificateFiles(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => /\.(?:pem|crt|cer|\d)$/.test(name))
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}

/** The text of a file. A path adds nothing that is missing, unreadable (a link out of the container) or no file (a pipe). */
function read(file: string): string {
  try {
    return statSync(file).isFile() ? readFileSync(file, 'latin1') : '';
  } catch {
    return '';
  }
}
