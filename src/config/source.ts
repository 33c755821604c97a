// `source`: what the pipeline declares once for the resource, validated once.
import * as v from 'valibot';
import { isObject, show, UserError } from '../errors.ts';
import { boundEntries, type Criteria, choiceEntries, flag, parseCriteria } from './criteria.ts';
import { elsewhereThanSource } from './misplaced.ts';
import { historyUrlOf, isHistoryTemplate, whyNotReachable, withoutSecrets } from './url.ts';
import { validate } from './validate.ts';

/** How documents are reached. */
export interface Access {
  readonly url: URL;
  /** Where superseded documents are kept, with `{syncToken}` in it as it is. */
  readonly historyUrl: string | undefined;
  readonly allowHttp: boolean;
  /** Extra request headers for `url` by lower-case name. Their values are secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** The same for `historyUrl`. */
  readonly historyHeaders: Readonly<Record<string, string>>;
  /** PEM certificates to trust in addition. */
  readonly caCerts: readonly string[];
  /** Budget for all network work of one run, in milliseconds. */
  readonly timeout: number;
}

export interface Source {
  readonly criteria: Criteria;
  readonly access: Access;
  /** `syncToken`: a version for every publication; `cidrs`: only when the selected list changes. */
  readonly versionOn: 'syncToken' | 'cidrs';
  /** A version holds its list when that has no more CIDRs than this. */
  readonly holdCidrs: number;
  /** Semver range that the contract version must satisfy. */
  readonly contract: string | undefined;
}

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
  v.check(
    (key) => !ownHeaders.includes(key.toLowerCase()),
    // Only a name of the list above is printed: a key can be a secret, when the space after its colon is missing.
    ({ input }) => `left out: the resource sets the header ${input.toLowerCase()} itself`,
  ),
);

const headerValue = v.pipe(
  v.string('a string'),
  v.regex(/^[\t\x20-\x7e]*$/, 'a string of printable ASCII characters'),
);
const headersMessage = 'a map from header names to strings';
const headers = v.optional(
  v.pipe(
    v.custom<Record<string, unknown>>(isObject, headersMessage),
    v.record(headerName, headerValue, headersMessage),
  ),
  {},
);

const urlMessage = `an https URL such as ${publishedUrl}`;
const certificateMessage = 'a PEM certificate: its whole text (-----BEGIN CERTIFICATE-----...), not a path';
const historyMessage = 'an https URL with {syncToken} in it, such as https://example.com/{syncToken}.json';
const holdMessage = 'a whole number, 0 for versions that never hold their list';
const durationMessage = 'a duration such as 90s or 1m30s, above zero and up to 24h';
const schema = v.object({
  ...choiceEntries,
  ...boundEntries,
  version_on: v.optional(v.picklist(['syncToken', 'cidrs'], '"syncToken" or "cidrs"'), 'syncToken'),
  hold_cidrs: v.optional(
    v.pipe(v.number(holdMessage), v.integer(holdMessage), v.minValue(0, holdMessage)),
    64,
  ),
  url: v.optional(
    v.pipe(
      v.string(urlMessage),
      v.check((text) => URL.canParse(text), urlMessage),
    ),
    publishedUrl,
  ),
  allow_http: flag,
  history_url: v.optional(v.pipe(v.string(historyMessage), v.check(isHistoryTemplate, historyMessage))),
  headers,
  history_headers: headers,
  ca_certs: v.optional(
    v.array(
      v.pipe(v.string(certificateMessage), v.check(isCertificate, certificateMessage)),
      'a list of PEM certificates',
    ),
    [],
  ),
  timeout: v.optional(
    v.pipe(
      v.string(durationMessage),
      v.check(isTimeout, durationMessage),
      v.transform((text) => parseDuration(text) ?? 0),
    ),
    '1m',
  ),
  contract: v.optional(v.string('a semver range such as ^2')),
  debug: flag,
});

/** The keys of `source` as a pipeline writes them. */
export const sourceKeys: readonly string[] = Object.keys(schema.entries);

/** What each key of `source` is when it is left out, as a pipeline would write it; undefined for nothing. */
export const sourceDefaults = (): Readonly<Record<string, unknown>> => v.getDefaults(schema);

/** Parses and validates `source`. Throws a UserError that names the key, the value and the way out. */
export function parseSource(value: unknown): Source {
  const given = validate(schema, value ?? {}, 'source', {
    keys: sourceKeys,
    secret: ['headers', 'history_headers', 'url', 'history_url', 'ca_certs'],
    elsewhere: elsewhereThanSource,
  });
  const url = requireReachable(new URL(given.url), 'url', given.allow_http);
  if (given.history_url !== undefined) {
    requireReachable(historyUrlOf(given.history_url, '0'), 'history_url', given.allow_http);
  }
  refuseIdle(given.history_headers, given.history_url);
  return {
    criteria: parseCriteria(given),
    access: {
      url,
      historyUrl: given.history_url,
      allowHttp: given.allow_http,
      headers: byLowerCase(given.headers),
      historyHeaders: byLowerCase(given.history_headers),
      caCerts: given.ca_certs,
      timeout: given.timeout,
    },
    versionOn: given.version_on,
    holdCidrs: given.hold_cidrs,
    contract: given.contract,
  };
}

function byLowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([key, text]) => [key.toLowerCase(), text]));
}

/** Headers without the URL that they are for would be sent nowhere: the URL is missing, or its key mistyped. */
function refuseIdle(headers: Readonly<Record<string, string>>, historyUrl: string | undefined): void {
  if (historyUrl !== undefined || Object.keys(headers).length === 0) return;
  throw new UserError(
    'source.history_headers must come with source.history_url, to whose host they go; add history_url, or leave history_headers out',
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

function isTimeout(text: string): boolean {
  const milliseconds = parseDuration(text);
  return milliseconds !== undefined && milliseconds >= 1 && milliseconds <= 24 * 3_600_000;
}

function requireReachable(url: URL, key: string, allowHttp: boolean): URL {
  const fault = whyNotReachable(url, allowHttp);
  if (fault === undefined) return url;
  throw new UserError(`source.${key} must be ${fault}, not ${show(withoutSecrets(url))}`);
}

/** Units of Go's durations. */
const unitMilliseconds = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const durationPart = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g;
const duration = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;

/** Milliseconds, or undefined when the text is no duration (https://pkg.go.dev/time#ParseDuration, without a sign). */
function parseDuration(text: string): number | undefined {
  if (!duration.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(durationPart)) {
    total += Number(amount) * unitMilliseconds[unit as keyof typeof unitMilliseconds];
  }
  return total;
}

/** The certificates, in PEM, in a text that may hold other things between them. */
export function pemCertificates(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}
