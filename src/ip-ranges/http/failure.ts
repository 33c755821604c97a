// Why one attempt at a request failed, and whether another one could succeed.
import { messageOf, printable, UserError } from '../../errors.ts';

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
    options: { isTransient: boolean; isUntrusted?: boolean; retryAfter?: number | undefined },
  ) {
    super(message);
    this.isTransient = options.isTransient;
    this.isUntrusted = options.isUntrusted ?? false;
    this.retryAfter = options.retryAfter;
  }
}

/** Statuses that another attempt can change (RFC 9110, 15; RFC 6585). */
const transientStatuses = new Set([408, 425, 429, 500, 502, 503, 504]);

const proxyHint = '; the proxy wants a user name and password in its URL';
const hints = {
  it: {
    401: '; check source.headers',
    403: '; check source.headers',
    404: '; check the URL',
    407: proxyHint,
  },
  'the proxy': { 407: proxyHint },
} as const;

/** The failure that an unwanted status is. `retryAfter` is in milliseconds. */
export function failureOfStatus(who: keyof typeof hints, status: number, retryAfter?: number): Failure {
  const hint = (hints[who] as Readonly<Record<number, string>>)[status] ?? '';
  const isTransient = transientStatuses.has(status);
  return new Failure(`${who} answers ${status}${hint}`, { isTransient, retryAfter });
}

/** The same failure, of a request that went through a proxy. */
export function failureThrough(proxy: string, failure: Failure): Failure {
  return new Failure(`${failure.message}, through the proxy ${proxy}`, failure);
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
  UND_ERR_SOCKET: 'the connection was closed before the response was complete',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the body is not as long as its content-length says',
};

/** Codes of certificates that the next attempt would find just as bad. */
const certificateCodes =
  /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA)/;

/** The failure that a network error amounts to. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = codeOf(error);
  if (certificateCodes.test(code)) {
    const wayOut =
      code.includes('EXPIRED') || code.includes('ALTNAME') ? '' : '; name its CA in source.ca_certs';
    return new Failure(`its certificate is not trusted: ${printable(messageOf(error))} (${code})${wayOut}`, {
      isTransient: false,
      isUntrusted: true,
    });
  }
  const text = words[code] ?? printable(messageOf(error));
  return new Failure(code === '' ? text : `${text} (${code})`, { isTransient: true });
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error && error.cause !== undefined ? codeOf(error.cause) : '';
}
