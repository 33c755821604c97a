// SHA-256 as versions, manifests and file names write it.

/** SHA-256 in hexadecimal. */
export function sha256(bytes: string | Uint8Array): string {
  // Loaded when it is first needed: a check that finds nothing new needs no digest, and crypto takes 7 ms to load.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(bytes).digest('hex');
}
