// The network of one run: what AWS publishes now, its token by its first bytes or the whole document, and what superseded it.
// Loaded only when a run needs it, since it is most of what an executable consists of.
import type { Source } from '../config/source.ts';
import { prepareForDocument } from '../start-up/prepare-for-document.ts';
import { parseSyncToken, type SyncToken } from '../version.ts';
import { receiveDocument } from './document.ts';
import { openHistory } from './history.ts';
import { type Allowance, type HttpGet, type HttpOutside, openHttpClient } from './http/client.ts';
import type { Reply } from './http/exchange.ts';
import type { Documents, Published } from './outside.ts';

/** Opens both ways to documents; their time starts now. The network work takes no longer than `longest` milliseconds. */
export function openNetwork(source: Source, outside: HttpOutside, longest?: number): Documents {
  verifyCertificates(outside);
  const { url, history_url: historyUrl } = source;
  const { published, history } = allowances(source, longest);
  const client = (headersKey: 'headers' | 'history_headers', allowance: Allowance) =>
    openHttpClient(source, headersKey, allowance, outside);
  const { now } = outside.clock;
  return {
    published: openPublished(client('headers', published), url, now),
    history:
      historyUrl === undefined ? undefined : openHistory(client('history_headers', history), historyUrl, now),
  };
}

/**
 * What a run may take for the document at `url` and for `history_url`, of the milliseconds of `source.timeout`. With a
 * history the published document gets half, so that a server that keeps silent leaves the other half for the history.
 * A check asks for the published document alone; it has a `longest`, whatever the source says.
 */
export function allowances(
  { timeout: milliseconds, history_url }: Pick<Source, 'timeout' | 'history_url'>,
  longest?: number,
): { readonly published: Allowance; readonly history: Allowance } {
  const words = `the ${milliseconds / 1000} s of source.timeout`;
  const history = { milliseconds, words: `what was left of ${words}` };
  if (longest !== undefined && longest < milliseconds) {
    const check = { milliseconds: longest, words: `the ${longest / 1000} s that a check takes at most` };
    return { published: check, history };
  }
  if (longest !== undefined || history_url === undefined)
    return { published: { milliseconds, words }, history };
  const half = {
    milliseconds: milliseconds / 2,
    words: `half of ${words}; the other half is for source.history_url`,
  };
  return { published: half, history };
}

/** Nothing turns verification off. Every connection asks for it; without the variable Node does not warn either. */
function verifyCertificates({ env, log }: HttpOutside): void {
  const name = 'NODE_TLS_REJECT_UNAUTHORIZED';
  if (env[name] === '0') {
    log.note(
      `the environment variable ${name} is ignored: certificates are verified; source.ca_certs names more CAs`,
    );
  }
  delete process.env[name];
}

/** Bytes in which AWS's documents have shown their token, and more: it ends at byte 29. */
const startLength = 256;

/** Reads the document at `url`; `now` is the clock, in milliseconds since 1970. The methods reject with a UserError. */
function openPublished(get: HttpGet, url: URL, now: () => number): Published {
  return {
    syncToken: () => get(url, readStart, startLength),
    document: (use) => {
      const answer = get(url, ({ body }) => receiveDocument(body, now(), use));
      // By then the request is under way, and the modules that it takes are loaded.
      setImmediate(prepareForDocument);
      return answer;
    },
  };
}

/** The token in the first bytes of a document, or undefined when it is not the first thing there. */
function readStart({ status, headers, body }: Reply): SyncToken | undefined {
  if (status === 416) return undefined;
  if (status === 206 && !String(headers['content-range'] ?? '').startsWith('bytes 0-')) return undefined;
  const start = body.toString('latin1', 0, startLength);
  const match = /^[ \t\r\n]*\{[ \t\r\n]*"syncToken"[ \t\r\n]*:[ \t\r\n]*"(\d+)"/.exec(start);
  return parseSyncToken(match?.[1]);
}
