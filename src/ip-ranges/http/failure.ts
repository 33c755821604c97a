// Why one attempt at a request failed, and whether another one could succeed.
import { UserError } from '../../errors.ts';

/** An attempt that failed. The message completes the sentence "<url>: …". */
export class Failure extends UserError {
  override name = 'Failure';
  /** Whether the same request could succeed a moment later. */
  readonly isTransient: boolean;
  /** Whether the server's certificate was refused, so that no request was sent. */
  readonly isUntrusted: boolean;
  /** Milliseconds that the server asks to wait before the next attempt. */
  readonly retryAfter: number | undefined;

  constructor(
    message: string,
    { isTransient = false, isUntrusted = false, retryAfter }: Partial<Omit<Failure, keyof Error>> = {},
  ) {
    super(message);
    this.isTransient = isTransient;
    this.isUntrusted = isUntrusted;
    this.retryAfter = retryAfter;
  }
}

/** Statuses that another attempt can change (RFC 9110, 15; RFC 6585). */
const transientStatuses = new Set([
  408, // Request Timeout
  425, // Too Early
  429, // Too Many Requests
  500, // Internal Server Error
  502, // Bad Gateway
  503, // Service Unavailable
  504, // Gateway Timeout
]);

/** Who an answer comes from. */
type Answering = 'it' | 'the proxy';

/**
 * The failure that an unwanted status is. `headersKey` is the key of the source whose headers were sent, if any were; `retryAfter`
 * is in milliseconds.
 */
export function failureOfStatus(
  who: Answering,
  status: number,
  { headersKey, retryAfter }: { headersKey?: string | undefined; retryAfter?: number | undefined } = {},
): Failure {
  const isTransient = transientStatuses.has(status);
  return new Failure(`${who} answers ${status}${hintFor(who, status, headersKey)}`, {
    isTransient,
    retryAfter,
  });
}

function hintFor(who: Answering, status: number, headersKey: string | undefined): string {
  if (status === 407) return '; the proxy wants a user name and password in its URL';
  if (who === 'the proxy') return '';
  if (status === 401 || status === 403) {
    return headersKey === undefined
      ? '; check the URL, and whether a filter on the way answers in its place'
      : `; check ${headersKey}`;
  }
  return status === 404 ? '; check the URL' : '';
}

/** Node's and undici's codes in words, for those that a person can act on. */
const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ENOTFOUND: 'the host name does not resolve',
  EAI_AGAIN: 'the host name cannot be resolved at the moment',
  EHOSTUNREACH: 'the host is unreachable',
  ENETUNREACH: 'the network is unreachable',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'no connection came about in time',
  UND_ERR_HEADERS_TIMEOUT: 'the response did not start in time',
  UND_ERR_BODY_TIMEOUT: 'the response stalled',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the response are longer than 16 KiB',
  UND_ERR_SOCKET: 'the connection was closed before the response was complete',
  HTTPParserError: 'what answers there does not speak HTTP as it should',
  EPROTO: 'what answers there does not speak TLS as it should',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what answers there does not speak TLS',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the body is not as long as its content-length says',
};

/** Codes for an answer that is not TLS. */
const noTls = new Set(['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG']);

/**
 * What is wrong with a certificate by the first code that fits, and the way out: Node's own messages advise options that nobody
 * can set in a resource.
 */
const certificateFaults: readonly (readonly [codes: RegExp, fault: string, wayOut: string])[] = [
  [
    /^(UNABLE_TO_(VERIFY_LEAF|GET_ISSUER)|SELF_SIGNED_CERT_IN_CHAIN|CERT_UNTRUSTED)/,
    'was not issued by an authority that is trusted here',
    '; name its CA in source.ca_certs',
  ],
  [/^DEPTH_ZERO_SELF_SIGNED/, 'has signed itself', '; name it in source.ca_certs if it is the right one'],
  [/^CERT_HAS_EXPIRED/, 'has expired', '; it must be renewed where it is served'],
  [/^CERT_NOT_YET/, 'is not valid yet', "; check the clock of the worker, and the certificate's dates"],
  [
    /^ERR_TLS_CERT_ALTNAME/,
    "is for other names than the URL's",
    '; use a name that it holds, or a certificate for this one',
  ],
  [
    /^(CERT_|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH)/,
    'cannot be verified',
    '',
  ],
];

/** The failure that a network error amounts to. `who` was spoken to. */
export function failureOf(error: unknown, who: Answering = 'it'): Failure {
  if (error instanceof Failure) return error;
  const code = codeOf(error);
  const [, fault, wayOut] = certificateFaults.find(([codes]) => codes.test(code)) ?? [];
  if (fault !== undefined) {
    const whose = who === 'it' ? 'its certificate' : "the proxy's certificate";
    return new Failure(`${whose} ${fault} (${code})${wayOut}`, { isUntrusted: true });
  }
  if (who === 'the proxy' && noTls.has(code)) {
    return new Failure(
      'the proxy does not speak TLS; its environment variable must begin with http:// in the place of https://',
    );
  }
  return new Failure(`${words[code] ?? 'the connection failed'}${code === '' ? '' : ` (${code})`}`, {
    isTransient: true,
  });
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name === 'HTTPParserError' ? error.name : codeOf(error.cause);
}
