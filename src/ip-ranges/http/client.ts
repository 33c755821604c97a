// The HTTP of one run with one kind of document: an amount of time, one connection an origin, retries.
import type { Call } from '../../concourse/run.ts';
import type { Source } from '../../config/source.ts';
import { withoutSecrets } from '../../config/url.ts';
import { UserError } from '../../errors.ts';
import { type Connection, connect, type Trust } from './connect.ts';
import { decodedBody, exchange, type Reply } from './exchange.ts';
import { Failure, failureOfStatus } from './failure.ts';
import { maxRedirects, parseRetryAfter, redirectTarget, requestHeaders, retryDelay } from './policy.ts';
import { proxyFor } from './proxy.ts';

/** Makes something of a reply, whose body is decoded. */
type Reader<T> = (reply: Reply) => T | Promise<T>;

/**
 * Gets a URL, following redirects, and returns what `read` makes of the reply. With `firstBytes` it asks for so many bytes alone:
 * the reply may then be a 206 or a 416 too, or have more bytes. Retries transient Failures, those that `read` throws included,
 * until the time is up. Rejects with a UserError that names the URL.
 */
export type HttpGet = <T>(url: URL, read: Reader<T>, firstBytes?: number) => Promise<T>;

/** An amount of time and where it comes from. */
export interface Allowance {
  readonly milliseconds: number;
  /** As the object of "within": `the 60 s of source.timeout`. */
  readonly words: string;
}

/** What the client reaches beside the network. */
export type HttpOutside = Pick<Call, 'env' | 'log' | 'clock' | 'atEnd'>;

/**
 * Opens the HTTP of one run, with the headers that the source has for one kind of document. Its time starts now. At the end of the
 * call every connection is dropped.
 */
export function openHttpClient(
  source: Source,
  headersKey: 'headers' | 'history_headers',
  allowance: Allowance,
  outside: HttpOutside,
): HttpGet {
  const { env, log, clock } = outside;
  const start = clock.now();
  const connections = new Map<string, Connection>();
  const drop = () => {
    for (const { dispatcher } of connections.values()) void dispatcher.destroy();
    connections.clear();
  };
  const timeIsUp = new Promise<undefined>((resolve) => {
    const timer = setTimeout(() => {
      resolve(undefined);
      drop();
    }, allowance.milliseconds);
    outside.atEnd(() => {
      clearTimeout(timer);
      drop();
    });
  });

  function open(url: URL, trust: Trust): Connection {
    const connection = connect(url, source, env, trust, allowance.milliseconds);
    connections.set(url.origin, connection);
    return connection;
  }

  async function send(url: URL, from: URL, firstBytes?: number): Promise<Reply> {
    const headers = requestHeaders(url, from, source[headersKey], firstBytes);
    try {
      return await exchange(connections.get(url.origin) ?? open(url, 'likely'), url, headers, firstBytes);
    } catch (error) {
      if (!(error instanceof Failure && error.isUntrusted)) throw error;
    }
    // To load every authority takes longer than a request: that is for the servers that need it.
    return exchange(open(url, 'all'), url, headers, firstBytes);
  }

  /** One attempt: what `read` makes of the reply, wherever redirects lead, or why it failed. */
  async function ask<T>(url: URL, read: Reader<T>, firstBytes?: number): Promise<{ value: T } | Failure> {
    let current = url;
    try {
      for (let redirects = 0; redirects <= maxRedirects; redirects++) {
        const reply = await send(current, url, firstBytes);
        const target = redirectTarget(reply, current, source.allow_http);
        if (target === undefined) {
          requireStatus(reply, firstBytes === undefined ? [200] : [200, 206, 416]);
          return { value: await read({ ...reply, body: decodedBody(reply) }) };
        }
        current = target;
      }
      throw new Failure(`it redirects more than ${maxRedirects} times`);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const proxy = proxyFor(current, env);
      if (proxy === undefined) return error;
      return new Failure(
        `${error.message}, through the proxy ${withoutSecrets(proxy).replace(/\/$/, '')}`,
        error,
      );
    }
  }

  function requireStatus({ status, headers }: Reply, statuses: readonly number[]): void {
    if (statuses.includes(status)) return;
    throw failureOfStatus('it', status, {
      headersKey: Object.keys(source[headersKey]).length === 0 ? undefined : `source.${headersKey}`,
      retryAfter: parseRetryAfter(String(headers['retry-after'] ?? ''), clock.now()),
    });
  }

  return async (url, read, firstBytes) => {
    const name = withoutSecrets(url);
    let last: Failure | undefined;
    for (let attempt = 1; ; attempt++) {
      const outcome = await Promise.race([ask(url, read, firstBytes), timeIsUp]);
      if (outcome !== undefined && !(outcome instanceof Failure)) return outcome.value;
      if (outcome?.isTransient === false) throw new UserError(`${name}: ${outcome.message}`);
      last = outcome ?? last;
      const delay =
        outcome &&
        retryDelay({
          attempt,
          elapsed: clock.now() - start,
          budget: allowance.milliseconds,
          random: clock.random(),
          retryAfter: outcome.retryAfter,
        });
      if (delay === undefined) throw outOfTime(name, allowance, attempt, last);
      log.note(`${name}: ${last?.message}; next attempt in ${(delay / 1000).toFixed(1)} s`);
      await clock.wait(delay);
    }
  };
}

function outOfTime(
  name: string,
  { words }: Allowance,
  attempts: number,
  last: Failure | undefined,
): UserError {
  if (last === undefined) return new UserError(`${name}: no complete answer within ${words}`);
  const { message, retryAfter } = last;
  const asked = retryAfter === undefined ? '' : `, and asks to wait for ${Math.ceil(retryAfter / 1000)} s`;
  return new UserError(
    `${name}: ${message}${asked} (${attempts === 1 ? '1 attempt within' : `${attempts} attempts within`} ${words})`,
  );
}
