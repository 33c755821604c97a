// The HTTP of one run: one budget of time, one connection an origin, retries.
import type { Log } from '../../concourse/log.ts';
import type { Access } from '../../config/source.ts';
import { withoutSecrets } from '../../config/url.ts';
import { UserError } from '../../errors.ts';
import { OverdueError, startBudget } from './budget.ts';
import type { Trust } from './certificates.ts';
import { type Connection, connect } from './connect.ts';
import { exchange, type Reply } from './exchange.ts';
import { Failure, failureOfStatus, failureThrough } from './failure.ts';
import { requestHeaders } from './headers.ts';
import { followRedirects } from './redirect.ts';
import { parseRetryAfter, retryDelay } from './retry.ts';

/** Bytes of decoded body that no document comes near. */
const bodyLimit = 64 * 2 ** 20;

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
   * Gets a URL, following redirects, and returns what `read` makes of the reply. Retries transient Failures, those
   * that `read` throws included, until the budget is spent. Rejects with a UserError that names the URL.
   */
  get<T>(url: URL, options: GetOptions, read: (reply: Reply) => T | Promise<T>): Promise<T>;
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
  const connections = new Map<string, Connection>();
  const drop = () => {
    for (const { dispatcher } of connections.values()) void dispatcher.destroy();
    connections.clear();
  };
  const budget = startBudget(access.timeout, drop);

  async function open(url: URL, trust: Trust): Promise<Connection> {
    const connection = await connect(url, access, env, trust);
    connections.set(url.origin, connection);
    return connection;
  }

  async function send(url: URL, start: URL, { headers, isEnough }: GetOptions): Promise<Reply> {
    const known = connections.get(url.origin);
    const options = {
      url,
      headers: requestHeaders(url, start, access, headers),
      ...(isEnough && { isEnough }),
    };
    try {
      return await sendThrough(known ?? (await open(url, 'likely')), options);
    } catch (error) {
      if (!(error instanceof Failure && error.isUntrusted)) throw error;
    }
    // To load every authority takes longer than a request: that is for the servers that need it.
    return sendThrough(await open(url, 'all'), options);
  }

  async function get<T>(url: URL, options: GetOptions, read: (reply: Reply) => T | Promise<T>): Promise<T> {
    const attempt = async () => {
      const reply = await followRedirects(url, access, (target) => send(target, url, options));
      return read(accept(reply, options.statuses ?? []));
    };
    let last: Failure | undefined;
    for (let number = 1; ; number++) {
      try {
        return await budget.within(attempt());
      } catch (error) {
        if (error instanceof OverdueError) throw outOfTime(url, access, last);
        if (!(error instanceof Failure)) throw error;
        last = error;
      }
      const delay = retryDelay(last, number, Math.random());
      if (delay === undefined) throw givenUp(url, last, number);
      if (delay >= budget.remaining()) throw outOfTime(url, access, last);
      log.note(`${withoutSecrets(url)}: ${last.message}; next attempt in ${(delay / 1000).toFixed(1)} s`);
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }

  const close = () => {
    budget.stop();
    drop();
  };
  return { get, close };
}

/** Sends a request over a connection; a Failure names the proxy that was in between. */
async function sendThrough(
  { dispatcher, proxy, forward }: Connection,
  request: { url: URL; headers: Readonly<Record<string, string>>; isEnough?: (body: Buffer) => boolean },
): Promise<Reply> {
  const { url } = request;
  try {
    const reply = await exchange({
      ...request,
      dispatcher,
      ...(forward && { target: `${url.origin}${url.pathname}${url.search}` }),
      headers: { ...forward?.headers, ...request.headers },
      limit: bodyLimit,
    });
    if (proxy !== undefined && reply.status === 407) throw failureOfStatus('it', reply.status);
    return reply;
  } catch (error) {
    throw proxy !== undefined && error instanceof Failure ? failureThrough(proxy, error) : error;
  }
}

function accept(reply: Reply, statuses: readonly number[]): Reply {
  const { status, headers } = reply;
  if (status === 200 || statuses.includes(status)) return reply;
  const retryAfter = parseRetryAfter(String(headers['retry-after'] ?? '') || undefined, Date.now());
  throw failureOfStatus('it', status, retryAfter);
}

function givenUp(url: URL, failure: Failure, attempts: number): UserError {
  const count = attempts > 1 ? ` (${attempts} attempts)` : '';
  return new UserError(`${withoutSecrets(url)}: ${failure.message}${count}`);
}

function outOfTime(url: URL, access: Access, last: Failure | undefined): UserError {
  const budget = `the ${access.timeout / 1000} s of source.timeout`;
  return new UserError(
    last === undefined
      ? `${withoutSecrets(url)}: no complete answer within ${budget}`
      : `${withoutSecrets(url)}: ${last.message}, and ${budget} leave no time for another attempt`,
  );
}
