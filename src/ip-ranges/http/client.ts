// The HTTP of one run: one budget of time, a connection for each origin, retries, redirects.
import type { Dispatcher } from 'undici';
import Client from 'undici/lib/dispatcher/client.js';
import type { Log } from '../../concourse/log.ts';
import type { Access } from '../../config/source.ts';
import { whyNotReachable, withoutSecrets } from '../../config/url.ts';
import { show, UserError } from '../../errors.ts';
import { trustedCertificates } from './certificates.ts';
import { exchange, type Reply } from './exchange.ts';
import { Failure } from './failure.ts';
import { parseRetryAfter, retryDelay } from './retry.ts';

/** Bytes of decoded body that no document comes near. */
const bodyLimit = 64 * 2 ** 20;

const maxRedirects = 5;

/** Statuses that another attempt can change (RFC 9110, 15; RFC 6585). */
const transientStatuses = new Set([408, 425, 429, 500, 502, 503, 504]);

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Called with the decoded body so far; true ends the response there. */
  readonly isEnough?: (body: Buffer) => boolean;
  /** Statuses beside 200 that `read` understands. */
  readonly statuses?: readonly number[];
}

/** The requests of one run. */
export interface HttpClient {
  /**
   * Gets a URL, following redirects, and returns what `read` makes of the reply. Retries transient
   * Failures, those that `read` throws included, until the budget is spent. Rejects with a UserError that names the URL.
   */
  get<T>(url: URL, options: GetOptions, read: (reply: Reply) => T): Promise<T>;
  /** Drops every connection. */
  close(): void;
}

/** What the client reaches beside the network. */
export interface HttpOutside {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

/** Opens the HTTP of one run; its budget starts now. */
export function openHttpClient(access: Access, { env, log }: HttpOutside): HttpClient {
  const clients = new Map<string, Dispatcher>();
  const deadline = Date.now() + access.timeout;
  const close = () => {
    clearTimeout(timer);
    for (const client of clients.values()) void client.destroy();
    clients.clear();
  };
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new OverdueError());
      close();
    }, access.timeout);
  });
  overdue.catch(() => undefined);

  const clientFor = (url: URL): Dispatcher => {
    const known = clients.get(url.origin);
    if (known !== undefined) return known;
    // A connection, a response's start or its next bytes may take a third of the budget: enough is left for another try.
    const patience = Math.ceil(access.timeout / 3);
    const ca = url.protocol === 'https:' ? trustedCertificates(access.caCerts, env) : undefined;
    const client = new Client(url.origin, {
      headersTimeout: patience,
      bodyTimeout: patience,
      connect: { timeout: patience, ...(ca && { ca }) },
    });
    clients.set(url.origin, client);
    return client;
  };

  async function attempt(start: URL, options: GetOptions): Promise<Reply> {
    let url = start;
    for (let redirects = 0; ; redirects++) {
      const reply = await exchange({
        dispatcher: clientFor(url),
        url,
        headers: requestHeaders(url, access, options.headers),
        limit: bodyLimit,
        ...(options.isEnough && { isEnough: options.isEnough }),
      });
      const target = redirectTarget(reply, url);
      if (target === undefined) return accept(reply, options.statuses ?? []);
      const fault = whyNotReachable(target, access.allowHttp);
      if (fault !== undefined) {
        throw new Failure(`it redirects to ${show(withoutSecrets(target))}, which must be ${fault}`, {
          isTransient: false,
        });
      }
      if (redirects === maxRedirects) {
        throw new Failure(`it redirects more than ${maxRedirects} times`, { isTransient: false });
      }
      log.debug(`${withoutSecrets(url)} redirects to ${withoutSecrets(target)}`);
      url = target;
    }
  }

  async function get<T>(url: URL, options: GetOptions, read: (reply: Reply) => T): Promise<T> {
    let last: Failure | undefined;
    for (let number = 1; ; number++) {
      try {
        return read(await Promise.race([attempt(url, options), overdue]));
      } catch (error) {
        if (error instanceof OverdueError) throw outOfTime(url, access, last);
        if (!(error instanceof Failure)) throw error;
        last = error;
      }
      const delay = retryDelay(last, number, Math.random());
      if (delay === undefined) throw givenUp(url, last, number);
      if (Date.now() + delay >= deadline) throw outOfTime(url, access, last);
      log.note(`${withoutSecrets(url)}: ${last.message}; next attempt in ${(delay / 1000).toFixed(1)} s`);
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }

  return { get, close };
}

/** The budget is spent. */
class OverdueError extends Error {}

function givenUp(url: URL, failure: Failure, attempts: number): UserError {
  const count = attempts > 1 ? ` (${attempts} attempts)` : '';
  return new UserError(`${withoutSecrets(url)}: ${failure.message}${count}`);
}

function outOfTime(url: URL, access: Access, last: Failure | undefined): UserError {
  const cause = last === undefined ? 'nothing usable arrived' : last.message;
  return new UserError(
    `${withoutSecrets(url)}: ${cause}, and the ${access.timeout / 1000} s of source.timeout leave no time for another attempt`,
  );
}

/** The headers of a request. Those of `source`, and a user of its URL, are for the origin of `url` alone. */
function requestHeaders(
  url: URL,
  access: Access,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const headers: Record<string, string> = {
    'user-agent': 'aws-ip-ranges-resource',
    'accept-encoding': 'gzip, deflate, br',
    ...own,
  };
  if (url.origin !== access.url.origin) return headers;
  const { username, password } = access.url;
  if (username !== '' || password !== '') {
    const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    headers['authorization'] = `Basic ${Buffer.from(user).toString('base64')}`;
  }
  return { ...headers, ...access.headers };
}

function redirectTarget({ status, headers }: Reply, url: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(status)) return undefined;
  const location = String(headers['location'] ?? '');
  if (location === '' || !URL.canParse(location, url.href)) {
    throw new Failure(`it answers ${status} with the location ${show(location)}`, { isTransient: false });
  }
  return new URL(location, url);
}

function accept(reply: Reply, statuses: readonly number[]): Reply {
  const { status, headers } = reply;
  if (status === 200 || statuses.includes(status)) return reply;
  const hint =
    status === 401 || status === 403 ? '; check source.headers' : status === 404 ? '; check source.url' : '';
  throw new Failure(`it answers ${status}${hint}`, {
    isTransient: transientStatuses.has(status),
    retryAfter: parseRetryAfter(String(headers['retry-after'] ?? '') || undefined, Date.now()),
  });
}
