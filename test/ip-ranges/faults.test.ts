// What happens when: every fault of the network and of the document, against check and in, with the outcome in its row.
// Waits between attempts take no time.
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { bomb } from '../helpers/bomb.ts';
import { createAuthority } from '../helpers/certificates.ts';
import { filesOfGet } from '../helpers/contract.ts';
import {
  documentWith,
  incident,
  incidentCidrs,
  incidentCidrsInOrder,
  incidentIpv6Cidrs,
  renderDocument,
  s3Source,
} from '../helpers/documents.ts';
import { assertFailure, readFiles, run, type Version } from '../helpers/executables.ts';
import { documentHandler, type Handler, startServer } from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** `ok`: the answer that the undamaged document gives. `given`: check returns the given version. A pattern: exit 1, and why. */
type Outcome = 'ok' | 'given' | RegExp;

interface More {
  readonly tls?: { names?: readonly string[]; expired?: boolean; isTrusted?: boolean };
  /** Another URL than the server's; `https` for that of the server with another scheme. */
  readonly url?: string;
  readonly source?: object;
  /** The version that check is given; none unless the row says so. */
  readonly given?: Version;
  /** What comes of in; the same as of check unless the row says so. */
  readonly in?: Outcome;
}

/** A fault, what answers every request, what comes of check, and more. */
type Row = readonly [fault: string, serve: () => Handler, check: Outcome, more?: More];

const cidrs = [...incidentCidrsInOrder, ...incidentIpv6Cidrs].map((cidr) => `${cidr}\n`).join('');
const digest = `sha256:${createHash('sha256').update(cidrs).digest('hex')}`;
const version: Version = { syncToken: '1724938990', createDate: '2024-08-29-13-43-10', digest };
const send =
  (body: string | Buffer, headers: Record<string, string | number> = {}, status = 200): Handler =>
  (_request, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
const answer = (status: number, headers = {}) => send('nothing here', headers, status);
const redirect = (location: string, status = 302) => answer(status, { location });

/** One handler for each request, the last one for all that follow. */
function sequence(...handlers: Handler[]): Handler {
  let index = 0;
  return (request, response) => handlers[Math.min(index++, handlers.length - 1)]?.(request, response);
}

/** Writes the first half, and then does something else. */
function half(headers: Record<string, string | number>, then: (response: ServerResponse) => void): Handler {
  return (_request, response) => {
    response.writeHead(200, headers);
    response.write(incident.slice(0, incident.length / 2), () => then(response));
  };
}

/** A body that ends with the connection, after a length that may be wrong. */
function unframed(body: string, headers = {}): Handler {
  return (_request, response) => {
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
    response.strictContentLength = false;
    response.writeHead(200, headers).end(body);
  };
}

/** Writes to the connection itself: the start, and then the same again and again, as fast as it is read. */
function endlessly(start: string, again: string): Handler {
  return ({ socket }) => {
    socket.on('error', () => undefined);
    const fill = () => {
      while (socket.writable && socket.write(again));
    };
    socket.on('drain', fill);
    socket.write(start);
    fill();
  };
}

const good = documentHandler(incident);
const length = Buffer.byteLength(incident);
const document = JSON.parse(incident) as { readonly prefixes: readonly unknown[] };
const edited = (changes: object) => JSON.stringify({ ...document, ...changes });
const withPrefix = (prefix: unknown) => edited({ prefixes: [...document.prefixes, prefix] });
const s3 = (ip_prefix: unknown) => ({ ip_prefix, region: 'us-gov-west-1', service: 'S3' });
/** A second, which the tests of what never ends take. */
const short = { source: { timeout: '1s' } };
const late = /did not start in time|stalled|no complete answer within the 1 s/;
const cut = (response: ServerResponse) => response.destroy();

const reaching: Row[] = [
  [
    'a refused connection',
    () => good,
    /refused \(ECONNREFUSED\) \(\d+ attempts within the (20|60) s /,
    { url: 'http://127.0.0.1:1/' },
  ],
  [
    'a name that does not resolve',
    () => good,
    /https:\/\/name\.invalid\/: the host name (does not resolve|cannot be resolved)/,
    { url: 'https://name.invalid/' },
  ],
  [
    'a certificate of an unknown authority',
    () => good,
    /was not issued by an authority that is trusted here \(\w+\); name its CA in source\.ca_certs\n/,
    { tls: {} },
  ],
  [
    'an expired certificate',
    () => good,
    /has expired \(CERT_HAS_EXPIRED\); it must be renewed where it is served\n/,
    { tls: { isTrusted: true, expired: true } },
  ],
  [
    'a certificate for another name',
    () => good,
    /is for other names than the URL's \(ERR_TLS_CERT_ALTNAME_INVALID\)/,
    { tls: { isTrusted: true, names: ['example.com'] } },
  ],
  ['a trusted certificate', () => good, 'ok', { tls: { isTrusted: true } }],
  ['https to a server without TLS', () => good, /does not speak TLS/, { url: 'https', ...short }],
];

/** Responses that do not come whole. */
const partial: Row[] = [
  ['headers that never come', () => () => {}, late, short],
  ['a body that stalls', () => half({}, () => {}), late, short],
  ['a body that trickles', () => trickle, late, short],
  [
    'interim responses without end',
    () => endlessly('', 'HTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\n'),
    late,
    short,
  ],
  [
    'headers without end',
    () => endlessly('HTTP/1.1 200 OK\r\n', `x-filling: ${'x'.repeat(1000)}\r\n`),
    /headers of the response are longer than 16 KiB/,
  ],
  [
    'a body cut short of its length',
    () => half({ 'content-length': length }, cut),
    /connection was closed before the response was complete/,
  ],
  ['a chunked body cut short', () => half({}, cut), /connection was closed before|only a part of it arrived/],
  [
    'a body without a length cut short',
    () => unframed(incident.slice(0, 900)),
    /not valid JSON, or only a part of it arrived \(900 bytes/,
  ],
  [
    'a length below the true one',
    () => unframed(incident, { 'content-length': 900 }),
    /only a part of it arrived|connection was closed|content-length/i,
  ],
  ['a connection cut once', () => sequence((_request, response) => response.destroy(), good), 'ok'],
  ['half a body once', () => sequence(half({}, cut), good), 'ok'],
  [
    'another response behind the whole one',
    () => (_request, response) => {
      const head = `HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n`;
      response.socket?.write(`${head}${incident}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}`);
    },
    'ok',
  ],
];

const fiveSecondsOn = () => new Date(Date.now() + 5000).toUTCString();
const statuses: Row[] = [
  ['404', () => answer(404), /it answers 404; check the URL\n/],
  [
    '403',
    () => answer(403),
    /it answers 403; check the URL, and whether a filter on the way answers in its place\n/,
  ],
  ['401', () => answer(401), /it answers 401; check the URL, and whether a filter/],
  ['410', () => answer(410), /it answers 410\n/],
  ['204', () => answer(204), /it answers 204\n/],
  ['429 for ever', () => answer(429), /it answers 429 \(\d+ attempts within/],
  ['500 for ever', () => answer(500), /it answers 500 \(\d+ attempts within/],
  ['503 for ever', () => answer(503), /it answers 503 \(\d+ attempts within/],
  ['502 once', () => sequence(answer(502), good), 'ok'],
  ['503 seven times', () => sequence(...Array<Handler>(7).fill(answer(503)), good), 'ok'],
  ['429 once, with a wait', () => sequence(answer(429, { 'retry-after': '1' }), good), 'ok'],
  ['429 with a wait that is no time', () => sequence(answer(429, { 'retry-after': 'soon' }), good), 'ok'],
  [
    '503 with a date to wait for',
    () => sequence(answer(503, { 'retry-after': fiveSecondsOn() }), good),
    'ok',
  ],
  [
    '429 with a wait beyond the budget',
    () => answer(429, { 'retry-after': '3600' }),
    /it answers 429, and asks to wait for 3600 s \(1 attempt within the (20 s that a check takes at most|60 s of source\.timeout)\)\n/,
  ],
  [
    '503 with a date beyond the budget',
    () => answer(503, { 'retry-after': 'Fri, 31 Dec 2100 23:59:59 GMT' }),
    /it answers 503, and asks to wait for \d+ s \(1 attempt within/,
  ],
  ['a redirect', () => sequence(redirect('/elsewhere', 301), good), 'ok'],
  ['a redirect loop', () => redirect('/ip-ranges.json'), /it redirects more than 5 times\n/],
  [
    'a redirect to http',
    () => redirect('http://example.com/ip-ranges.json'),
    /it redirects to where source\.url itself may not lead: that would have to be an https URL/,
  ],
  [
    'a redirect to a file',
    () => redirect('file:///etc/passwd'),
    /it redirects to where source\.url itself may not lead/,
  ],
  ['a redirect without a location', () => answer(302), /it answers 302 without a location/],
];

/** Bodies that are no document, or one that lies, and what is said of each after "not a usable ip-ranges.json". */
const bodies: readonly (readonly [fault: string, body: string | Buffer, expected: string])[] = [
  ['HTML with 200', '<!doctype html><title>Log in</title>', 'it is a page of HTML or XML'],
  ['an empty body', '', 'it is empty'],
  ['truncated JSON', incident.slice(0, -3), 'not valid JSON, or only a part of it arrived'],
  ['JSON followed by more', `${incident}{}`, 'not valid JSON'],
  ['JSON of another shape', '{"ok":true}', 'its syncToken is missing'],
  ['an empty object', '{}', 'its syncToken is missing'],
  ['an array', '[]', 'it is an array where an object'],
  ['null', 'null', 'it is null where an object'],
  ['a document without a prefix', renderDocument({}), 'it lists no prefixes at all'],
  ['a byte order mark', `\ufeff${incident}`, 'it starts with a byte order mark'],
  ['UTF-16', Buffer.from(incident, 'utf16le'), 'it is not '],
  ['bytes that are no UTF-8', Buffer.from(incident.replace('S3', '\xff'), 'latin1'), 'it is not UTF-8 text'],
  [
    'a token that is a number',
    edited({ syncToken: 1724938990 }),
    'its syncToken is a number of another form',
  ],
  ['a token that is no number', edited({ syncToken: 'latest' }), 'its syncToken is a string of another form'],
  ['a missing prefixes array', edited({ prefixes: undefined }), 'its prefixes is missing where an array'],
  [
    'a missing ipv6_prefixes array',
    edited({ ipv6_prefixes: undefined }),
    'its ipv6_prefixes is missing where an array',
  ],
  ['prefixes as an object', edited({ prefixes: {} }), 'its prefixes is an object where an array belongs'],
  ['an entry that is no object', withPrefix('10.0.0.0/8'), 'its prefixes[15] is a string of another form'],
  [
    'host bits',
    withPrefix(s3('10.0.0.1/8')),
    'its prefixes[15].ip_prefix is not a network in canonical form, such as 52.95.144.0/24',
  ],
  ...['300.1.2.0/24', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0', '2600:1fa0:2000::/40'].map(
    (cidr) =>
      [`the prefix ${cidr}`, withPrefix(s3(cidr)), 'its prefixes[15].ip_prefix is not a network'] as const,
  ),
  [
    'IPv6 in another notation',
    edited({ ipv6_prefixes: [{ ...s3(undefined), ipv6_prefix: '2600:1FA0:2000::/40' }] }),
    'its ipv6_prefixes[0].ipv6_prefix is not a network in canonical form',
  ],
  [
    'an entry of both families',
    withPrefix({ ...s3('10.0.0.0/8'), ipv6_prefix: '2600::/16' }),
    'where one network belongs',
  ],
  ['a prefix that is a number', withPrefix(s3(10)), 'its prefixes[15].ip_prefix is a number of another form'],
  [
    'a service that is a number',
    withPrefix({ ...s3('10.0.0.0/8'), service: 3 }),
    'its prefixes[15].service is a number of another form',
  ],
  [
    'a missing region',
    withPrefix({ ...s3('10.0.0.0/8'), region: undefined }),
    'its prefixes[15].region is missing',
  ],
  [
    'a border group that is null',
    withPrefix({ ...s3('10.0.0.0/8'), network_border_group: null }),
    'network_border_group is null',
  ],
  [
    'a name without end',
    withPrefix({ ...s3('10.0.0.0/8'), region: 'a'.repeat(129) }),
    'its prefixes[15].region is a string of another form',
  ],
  [
    'regions without end',
    edited({
      prefixes: Array.from({ length: 2_001 }, (_, index) => ({ ...s3('10.0.0.0/8'), region: `r${index}` })),
    }),
    'its prefixes have more than 2000 names',
  ],
  [
    'a field that nobody knows',
    incident.replaceAll('"service":', '"since": {"year": 2024}, "service":'),
    'ok',
  ],
  ['host bits in an entry that is not selected', withPrefix({ ...s3('10.0.0.1/8'), service: 'EC2' }), 'ok'],
  [
    'a CIDR that nobody can reach, of another region',
    withPrefix({ ...s3('252.0.0.0/10'), region: 'us-west-2' }),
    'ok',
  ],
  ['a malformed createDate', edited({ createDate: '2024/08/29' }), 'ok'],
];

const stale = documentHandler(documentWith('1724884996', incidentCidrs.slice(1)));
const isGiven = { given: version, in: 'ok' } as const;
const edges: Row[] = [
  ['HTML once', () => sequence(send('<html>'), good), 'ok'],
  ['a bad document twice', () => sequence(send(withPrefix(s3('10.0.0.1/8'))), send('{'), good), 'ok'],
  [
    'a stale edge',
    () => stale,
    'given',
    {
      given: version,
      in: /serves the document with syncToken 1724884996, older than the 1724938990 that was asked for: an edge of the CDN is behind \(\d+ attempts within/,
    },
  ],
  ['an edge that alternates', () => sequence(stale, good), 'given', isGiven],
  [
    'a token that jumps back between the two requests of a check',
    () =>
      sequence(documentHandler(documentWith('1725321189')), documentHandler(documentWith('1724884996', []))),
    'given',
    isGiven,
  ],
];

const tooLong = /the body exceeds 16 MiB\n/;
const encoded = (body: string | Buffer, encoding: string) => () =>
  send(body, { 'content-encoding': encoding });
const encodings: Row[] = [
  ['an endless body', () => endless('', Buffer.alloc(2 ** 20, ' ')), tooLong],
  ['a gzip bomb of 1 GiB', () => bomb(' ', { 'content-encoding': 'gzip' }), tooLong],
  [
    'blocks of gzip without end that decode to nothing',
    () => endless(gzipSync('').subarray(0, 10), emptyBlocks(), { 'content-encoding': 'gzip' }),
    tooLong,
  ],
  ['gzip', encoded(gzipSync(incident), 'gzip'), 'ok'],
  ['deflate', encoded(deflateSync(incident), 'deflate'), 'ok'],
  ['deflate without its header', encoded(deflateRawSync(incident), 'deflate'), 'ok'],
  ['brotli', encoded(brotliCompressSync(incident), 'br'), 'ok'],
  ['an empty encoding', encoded(incident, ''), 'ok'],
  ['an encoding beside identity', encoded(gzipSync(incident), 'identity, gzip'), 'ok'],
  ['gzip to a request for a range', encoded(gzipSync(incident), 'gzip'), 'given', isGiven],
  ['an encoding that lies', encoded(incident, 'gzip'), /the body is not the gzip that it claims to be/],
  [
    'gzip cut short',
    encoded(gzipSync(incident).subarray(0, -9), 'gzip'),
    /the body is not the gzip that it claims to be/,
  ],
  [
    'an encoding that nobody asked for',
    encoded(incident, 'zstd'),
    /the body has a content-encoding that was not asked for/,
  ],
];

/** Answers to a request for a range, which only check asks for. */
const part = (first: number, last: number) =>
  send(incident.slice(first, last + 1), { 'content-range': `bytes ${first}-${last}/${length}` }, 206);
const ranges: readonly (readonly [fault: string, handler: Handler])[] = [
  ['answered with 200', send(incident)],
  ['answered with another range', part(300, 599)],
  ['answered with 416', answer(416)],
  ['answered with 206 without saying which', send(incident.slice(0, 256), {}, 206)],
  ['that is too short for the token', part(0, 19)],
];

const escaped = (text: string) => text.replace(/[.[\]]/g, '\\$&');
const rows: Row[] = [
  ...reaching,
  ...partial,
  ...statuses,
  ...bodies.map(
    ([fault, body, expected]): Row => [
      fault,
      () => send(body),
      expected === 'ok' ? 'ok' : new RegExp(`not a usable ip-ranges\\.json: .*${escaped(expected)}`),
    ],
  ),
  ...edges,
  ...encodings,
  ['a partial response to a request for everything', () => part(0, 255), /it answers 206\n/],
  ...ranges.map(
    ([fault, handler]): Row => [
      `a range ${fault}`,
      () => (request, response) => (request.headers.range ? handler : good)(request, response),
      'given',
      isGiven,
    ],
  ),
];

const authority = await createAuthority();

for (const [fault, serve, expected, more = {}] of rows) {
  test(`${fault}: check`, async (t) => {
    const source = await setUp(t, serve, more);
    const outcome = await run('check', { source, version: more.given });
    if (expected instanceof RegExp) return assertFailure(t, outcome, expected);
    t.is(outcome.code, 0, outcome.stderr);
    const [answered] = JSON.parse(outcome.stdout) as [Version];
    t.is(answered.syncToken, version.syncToken);
    if (expected === 'given') t.deepEqual(answered, more.given);
  });

  test(`${fault}: in`, async (t) => {
    const source = await setUp(t, serve, more);
    const directory = temporaryDirectory(t);
    const outcome = await run('in', { source, version }, { args: [directory] });
    const files = await readFiles(directory);
    const wanted = more.in ?? expected;
    if (wanted instanceof RegExp) {
      assertFailure(t, outcome, wanted);
      t.deepEqual(files, {});
      return;
    }
    t.is(outcome.code, 0, outcome.stderr);
    t.is(files['cidrs.txt'], cidrs);
    t.deepEqual(Object.keys(files).sort(), filesOfGet());
  });
}

test('a get survives an outage that ends just before its timeout', async (t) => {
  let requests = 0;
  const server = await startServer(t, (request, response) => {
    // Twelve attempts are made in 60 s at the least: the waits before the twelfth are 54 s at most.
    (++requests < 11 ? answer(503) : good)(request, response);
  });
  const args = [temporaryDirectory(t)];
  const outcome = await run('in', { source: s3Source(server.url), version }, { args });
  t.is(outcome.code, 0, outcome.stderr);
});

/** A server for the row and the source that leads to it. */
async function setUp(t: ExecutionContext, serve: () => Handler, more: More): Promise<object> {
  const tls = more.tls && (await authority.issue(more.tls));
  const server = await startServer(t, serve(), tls);
  const url = more.url === 'https' ? server.url.replace('http:', 'https:') : (more.url ?? server.url);
  return s3Source(url, { ...more.source, ...(more.tls?.isTrusted && { ca_certs: [authority.certificate] }) });
}

/** The start of a body, and then the same again and again, as fast as it is read. */
function endless(start: string | Buffer, again: Buffer, headers = {}): Handler {
  return (_request, response) => {
    response.writeHead(200, headers);
    const fill = () => {
      while (!response.destroyed && response.write(again));
    };
    response.on('drain', fill);
    response.write(start);
    fill();
  };
}

/** Empty stored blocks of deflate, none of which is the last one. */
function emptyBlocks(): Buffer {
  const blocks = Buffer.alloc(5 * 2 ** 16);
  for (let at = 0; at < blocks.length; at += 5) blocks.writeUInt16LE(0xffff, at + 3);
  return blocks;
}

/** The document, a byte a moment, so that no wait for the next one is long. */
function trickle(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  let index = 0;
  const timer = setInterval(() => response.write(incident[index++ % incident.length]), 50);
  request.socket.on('close', () => clearInterval(timer));
}
