// PEM: the text form of certificates.

/** The certificates in a text that may hold other things between them. */
export function pemCertificates(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}
