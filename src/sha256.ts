// SHA-256 as versions, manifests and file names write it.
import { createHash } from 'node:crypto';

/** SHA-256 in hexadecimal. */
export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
