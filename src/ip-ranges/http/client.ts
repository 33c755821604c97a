// The HTTP of one run with one kind of document: a budget of time, one connection an origin, retries.
import type { Log } from '../../concourse/log.ts';
import type { Source } from '../../config/source.ts';
import { withoutSecrets } from '../../config/url.ts';
import { UserError } from '../../errors.ts';
import { type Allowance, type Budget, OverdueError, startBudget } from './budget.ts';
import type { Trust } from './certificates.ts';
import { type Connection, connect } from './connect.ts';
import { exchange, type Reply } from './exchange.ts';
import { Failure, failureOfStatus, failureThrough } from './failure.ts';
import { followRedirects, type OwnHeaders, parseRetryAfter, requestHeaders, retryDelay } from './policy.ts';

/** Bytes of a body, as it is sent and decoded: six times AWS's document. What is done with so many takes seconds at most. */
export const bodyLimit = 16 * 2 ** 20;

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Called with the decoded body so far; true ends the response there. */
  readonly isEnough?: (body: Buffer) => boolean;
  /** Statuses beside 200 that `read` understands. */
  readonly statuses?: readonly number[];
}

/** Makes something of a reply. */
type Reader<T> = (reply: Reply) => T | Promise<T>;

/** The requests of one run. */
export interface HttpClient {
  /**
   * Gets a URL, following redirects, and returns what `read` makes of the reply. Retries transient Failures, those that
   * `read` throws included, until the budget is spent. Rejects with a UserError that names the URL.
   */
  get<T>(url: URL, options: GetOptions, read: Reader<T>): Promise<T>;
  /** Drops every connection. */
  close(): void;
}

/** What one kind of document is asked for with. */
export interface HttpTerms {
  readonly source: Source;
  /** Those of the source for this kind. */
  readonly headers: OwnHeaders;
  /** Taken when the first request is made. */
  readonly allowance: () => Allowance;
}

/** What the client reaches beside the network. */
export interface HttpOutside {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds. */
  wait(milliseconds: number): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

/** Opens the HTTP of one run; its budget starts with the first request. */
export function openHttpClient({ source, headers, allowance }: HttpTerms, outside: HttpOutside): HttpClient {
  const connections = new Map<string, Connection>();
  const drop = () => {
    for (const { dispatcher } of connections.values()) void dispatcher.destroy();
    connections.clear();
  };
  let budget: Budget | undefined;
  const start = () => {
    budget ??= startBudget(allowance(), outside.now, drop);
    return budget;
  };

  async function open(url: URL, trust: Trust): Promise<Connection> {
    const connection = await connect(
      url,
      { source, timeout: start().allowance.milliseconds, trust },
      outside,
    );
    connections.set(url.origin, connection);
    return connection;
  }

  async function send(url: URL, from: URL, options: GetOptions): Promise<Reply> {
    const known = connections.get(url.origin);
    const request = {
      url,
      headers: requestHeaders(url, from, headers, options.headers),
      ...(options.isEnough && { isEnough: options.isEnough }),
    };
    try {
      return await sendThrough(known ?? (await open(url, 'likely')), request);
    } catch (error) {
      if (!(error instanceof Failure && error.isUntrusted)) throw error;
    }
    // To load every authority takes longer than a request: that is for the servers that need it.
    return sendThrough(await open(url, 'all'), request);
  }

  /** One attempt: what `read` makes of the reply, wherever redirects lead. */
  async function ask<T>(url: URL, options: GetOptions, read: Reader<T>): Promise<T> {
    const reply = await followRedirects(url, source, (target) => send(target, url, options));
    try {
      return await read(accept(reply, options.statuses ?? [], headers, outside.now()));
    } catch (error) {
      throw namingProxy(error, reply.proxy);
    }
  }

  async function get<T>(url: URL, options: GetOptions, read: Reader<T>): Promise<T> {
    const spending = start();
    const name = withoutSecrets(url);
    let last: Failure | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        return await spending.within(ask(url, options, read));
      } catch (error) {
        if (error instanceof OverdueError) throw outOfTime(url, spending, attempt, last);
        last = requireTransient(error, name);
      }
      const delay = retryDelay({
        attempt,
        elapsed: spending.elapsed(),
        budget: spending.allowance.milliseconds,
        random: outside.random(),
        retryAfter: last.retryAfter,
      });
      if (delay === undefined) throw outOfTime(url, spending, attempt, last);
      outside.log.note(`${name}: ${last.message}; next attempt in ${(delay / 1000).toFixed(1)} s`);
      await outside.wait(delay);
    }
  }

  const close = () => {
    budget?.stop();
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
    return { ...reply, proxy };
  } catch (error) {
    throw namingProxy(error, proxy);
  }
}

/** A Failure that another attempt may mend. Throws what is none, as a UserError where it is a Failure of the URL called `name`. */
function requireTransient(error: unknown, name: string): Failure {
  if (!(error instanceof Failure)) throw error;
  if (!error.isTransient) throw new UserError(`${name}: ${error.message}`);
  return error;
}

/** What was thrown; a Failure of a request that went through a proxy names it. */
function namingProxy(error: unknown, proxy: string | undefined): unknown {
  return proxy !== undefined && error instanceof Failure ? failureThrough(proxy, error) : error;
}

function accept(reply: Reply, statuses: readonly number[], { key, values }: OwnHeaders, now: number): Reply {
  const { status, headers } = reply;
  if (status === 200 || statuses.includes(status)) return reply;
  const retryAfter = parseRetryAfter(String(headers['retry-after'] ?? '') || undefined, now);
  const headersKey = Object.keys(values).length === 0 ? undefined : key;
  throw failureOfStatus('it', status, { headersKey, retryAfter });
}

function outOfTime(url: URL, { allowance }: Budget, attempts: number, last: Failure | undefined): UserError {
  const name = withoutSecrets(url);
  if (last === undefined) return new UserError(`${name}: no complete answer within ${allowance.words}`);
  const { message, retryAfter } = last;
  const asked = retryAfter === undefined ? '' : `, and asks to wait for ${Math.ceil(retryAfter / 1000)} s`;
  const count = attempts === 1 ? '1 attempt within' : `${attempts} attempts within`;
  return new UserError(`${name}: ${message}${asked} (${count} ${allowance.words})`);
}
