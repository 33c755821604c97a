// `source`: what the pipeline declares once for the resource, validated once.
import * as v from 'valibot';
import { isObject, show, UserError } from '../errors.ts';
import { boundEntries, choiceEntries } from './criteria.ts';
import { misplaced } from './misplaced.ts';
import { historyUrlOf, isHistoryTemplate, whyNotReachable, withoutSecrets } from './url.ts';
import { flag, text, validate, wholeNumber } from './validate.ts';

/** Where AWS publishes (https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html). */
export const publishedUrl = 'https://ip-ranges.amazonaws.com/ip-ranges.json';

/** Headers that the resource sets itself, since its requests depend on them. */
const ownHeaders = [
  // Another name than the URL's would be the one that the certificate is verified for.
  'host',
  'accept-encoding',
  'range',
  'connection',
  'keep-alive',
  'proxy-authorization',
  'content-length',
  'transfer-encoding',
  'expect',
  'upgrade',
];

const headerName = v.pipe(
  v.string(),
  v.regex(
    /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
    'given under a valid HTTP header name, with a space after the colon',
  ),
  v.toLowerCase(),
  v.check(
    (key) => !ownHeaders.includes(key),
    // Only a name of the list above is printed: a key can be a secret, when the space after its colon is missing.
    ({ input }) => `left out: the resource sets the header ${input} itself`,
  ),
);
const headerValue = text('a string of printable ASCII characters', (value) => /^[\t\x20-\x7e]*$/.test(value));
const headersMessage = 'a map from header names to strings';
const headers = v.optional(
  v.pipe(
    v.custom<Record<string, unknown>>(isObject, headersMessage),
    v.record(headerName, headerValue, headersMessage),
  ),
  {},
);

const holdMessage = 'a whole number, 0 for versions that never hold their list';
const certificate = text(
  'a PEM certificate: its whole text (-----BEGIN CERTIFICATE-----...), not a path',
  isCertificate,
);
const historyTemplate = text(
  'an https URL with {syncToken} in it, such as https://example.com/{syncToken}.json',
  isHistoryTemplate,
);
const duration = text('a duration such as 90s or 1m30s, above zero and up to 24h', (written) => {
  const milliseconds = parseDuration(written);
  return milliseconds >= 1 && milliseconds <= 24 * 3_600_000;
});

/** The keys of `source` as a pipeline writes them, with their defaults. */
export const sourceSchema = v.object({
  ...choiceEntries,
  ...boundEntries,
  /** `syncToken`: a version for every publication; `cidrs`: only when the selected list changes. */
  version_on: v.optional(v.picklist(['syncToken', 'cidrs'], '"syncToken" or "cidrs"'), 'syncToken'),
  /** A version holds its list when that has no more CIDRs than this. */
  hold_cidrs: v.optional(wholeNumber(holdMessage, 0), 64),
  url: v.optional(
    v.pipe(
      text(`an https URL such as ${publishedUrl}`, (url) => URL.canParse(url)),
      v.transform((url) => new URL(url)),
    ),
    publishedUrl,
  ),
  allow_http: flag,
  /** Where superseded documents are kept, with `{syncToken}` in it as it is. */
  history_url: v.optional(historyTemplate),
  /** Extra request headers for `url` by lower-case name. Their values are secrets. */
  headers,
  /** The same for `history_url`. */
  history_headers: headers,
  /** PEM certificates to trust in addition. */
  ca_certs: v.optional(v.array(certificate, 'a list of PEM certificates'), []),
  /** Budget for all network work of one run, in milliseconds once it is parsed. */
  timeout: v.optional(v.pipe(duration, v.transform(parseDuration)), '1m'),
  /** Semver range that the contract version must satisfy. */
  contract: v.optional(v.string('a semver range such as ^2')),
  debug: flag,
});

export type Source = Readonly<v.InferOutput<typeof sourceSchema>>;

/** Parses and validates `source`. Throws a UserError that names the key, the value and the way out. */
export function parseSource(value: unknown): Source {
  const source = validate(sourceSchema, value ?? {}, 'source', {
    secret: ['headers', 'history_headers', 'url', 'history_url', 'ca_certs'],
    elsewhere: (key) => misplaced(key, 'source'),
  });
  const { url, history_url: historyUrl, allow_http: allowHttp } = source;
  requireReachable(url, 'url', allowHttp);
  if (historyUrl !== undefined) requireReachable(historyUrlOf(historyUrl, '0'), 'history_url', allowHttp);
  // The URL is missing, or its key mistyped.
  else if (Object.keys(source.history_headers).length > 0) {
    throw new UserError(
      'source.history_headers must come with source.history_url, to whose host they go; add history_url, or leave history_headers out',
    );
  }
  refuseContradiction(source);
  return source;
}

function requireReachable(url: URL, key: string, allowHttp: boolean): void {
  const fault = whyNotReachable(url, allowHttp);
  if (fault === undefined) return;
  throw new UserError(`source.${key} must be ${fault}, not ${show(withoutSecrets(url))}`);
}

function refuseContradiction({ services, exclude_services: excluded }: Source): void {
  const index = excluded.findIndex((service) => services.includes(service));
  if (index === -1) return;
  throw new UserError(
    `source.exclude_services[${index}] must be a service that source.services does not select, not ${show(excluded[index])}; ` +
      'remove it from one of the two lists',
  );
}

/** Whether the text is one or more PEM certificates that can be read. */
function isCertificate(text: string): boolean {
  try {
    const { X509Certificate } = process.getBuiltinModule('node:crypto');
    const certificates = pemCertificates(text);
    for (const certificate of certificates) new X509Certificate(certificate);
    return certificates.length > 0;
  } catch {
    return false;
  }
}

/** The certificates, in PEM, in a text that may hold other things between them. */
export function pemCertificates(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

/** Units of Go's durations in milliseconds. */
const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds, or NaN when the text is no duration (https://pkg.go.dev/time#ParseDuration, without a sign). */
function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.map(([part]) => part).join('') !== text) return Number.NaN;
  return parts.reduce((total, [, amount, unit = '']) => total + Number(amount) * (units[unit] ?? 0), 0);
}
