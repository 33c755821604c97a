// What happens when: every fault of the network and of the document, against check and in, with the outcome in its row.
// Waits between attempts take no time.
import type { ServerResponse } from 'node:http';
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { filesOfGet } from '../helpers/contract.ts';
import {
  documentWith,
  incident,
  incidentCidrs,
  incidentCidrsInOrder,
  incidentIpv6Cidrs,
  renderDocument,
  s3Source,
  incidentVersion as version,
} from '../helpers/documents.ts';
import { assertFailure, readFiles, run, type Version } from '../helpers/executables.ts';
import {
  answer,
  bomb,
  documentHandler,
  type Handler,
  type Script,
  send,
  startServer,
} from '../helpers/server.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** `ok`: the answer that the undamaged document gives. `given`: check returns the given version. A pattern: exit 1, and why. */
type Outcome = 'ok' | 'given' | RegExp;

interface More {
  /** Another URL than the server's. */
  readonly url?: string;
  readonly timeout?: string;
  /** The version that check is given; none unless the row says so. */
  readonly given?: Version;
  /** What comes of in; the same as of check unless the row says so. */
  readonly in?: Outcome;
}

/** A fault, what the server answers, what comes of check, and more. */
type Row = readonly [fault: string, script: Script, check: Outcome, more?: More];

const good = documentHandler(incident);
const length = Buffer.byteLength(incident);
/** Promises the whole document, and sends its start alone. */
const silentAfterStart: Handler = (_request, response) => {
  response.writeHead(200, { 'content-length': length }).write(incident.slice(0, 300));
};
const isGiven = { given: version, in: 'ok' } as const;
const redirect = (location: string) => answer(302, { location });

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

/** Writes the start, and then the same again and again, as fast as it is read. */
function fill(stream: NodeJS.WritableStream, start: string | Buffer, again: string | Buffer): void {
  const more = () => {
    while (stream.writable && stream.write(again));
  };
  stream.on('error', () => undefined);
  stream.on('drain', more);
  stream.write(start);
  more();
}

/** A body without end. */
function endless(start: string | Buffer, again: string | Buffer, headers = {}): Handler {
  return (_request, response) => fill(response.writeHead(200, headers), start, again);
}

/** Compressed text, to which blocks of deflate can be added. */
function unendedGzip(text: string): Buffer {
  return gzipSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
}

/** Empty stored blocks of deflate, none of which is the last one. */
function emptyBlocks(): Buffer {
  const blocks = Buffer.alloc(5 * 2 ** 16);
  for (let at = 0; at < blocks.length; at += 5) blocks.writeUInt16LE(0xffff, at + 3);
  return blocks;
}

/** The document, a byte a moment, so that no wait for the next one is long. */
const trickle: Handler = (request, response) => {
  let index = 0;
  const timer = setInterval(() => response.write(incident[index++ % incident.length]), 50);
  request.socket.on('close', () => clearInterval(timer));
};

/** The only rows that take time: a second, of which a third is for each wait. */
const short = { timeout: '1s' };
const late = /did not start in time|stalled|no complete answer within the 1 s/;
const hangUp: Handler = ({ socket }) => socket.destroy();
const cut = (response: ServerResponse) => response.destroy();
const tooLong = /the body exceeds 16 MiB\n/;

const closed = /connection was closed before the response was complete/;
const isPart = /connection was closed before|only a part of it arrived/;
const shortJson = /not valid JSON, or only a part of it arrived \(900 bytes/;
const longHeaders = /headers of the response are longer than 16 KiB/;
const noName = /https:\/\/name\.invalid\/: the host name (does not resolve|cannot be resolved)/;
const wrongLength = /only a part of it arrived|connection was closed|content-length/i;
const early = 'HTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\n';
const whole = `HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n${incident}`;
const another = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';
const header = `x-filling: ${'x'.repeat(1000)}\r\n`;

const connections: Row[] = [
  ['a refused connection', good, /refused \(ECONNREFUSED\) \(\d+ attempts/, { url: 'http://127.0.0.1:1/' }],
  ['a name that does not resolve', good, noName, { url: 'https://name.invalid/' }],
  ['headers that never come', () => undefined, late, short],
  ['a body that stalls', half({}, () => undefined), late, short],
  ['a body that trickles', trickle, late, short],
  ['interim responses without end', ({ socket }) => fill(socket, '', early), late, short],
  ['headers without end', ({ socket }) => fill(socket, 'HTTP/1.1 200 OK\r\n', header), longHeaders],
  ['a body without end', endless('', Buffer.alloc(2 ** 20, ' ')), tooLong],
  ['a body cut short of its length', half({ 'content-length': length }, cut), closed],
  ['a chunked body cut short', half({}, cut), isPart],
  ['a body without a length cut short', unframed(incident.slice(0, 900)), shortJson],
  ['a length below the true one', unframed(incident, { 'content-length': 900 }), wrongLength],
  ['another response behind the whole one', ({ socket }) => void socket.write(whole + another), 'ok'],
];

const inFiveSeconds = new Date(Date.now() + 5000).toUTCString();
const nextCentury = 'Fri, 31 Dec 2100 23:59:59 GMT';
const hour =
  /it answers 429, and asks to wait for 3600 s \(1 attempt within the (20 s that a check takes at most|60 s of source\.timeout)\)\n/;
const century = /it answers 503, and asks to wait for \d+ s \(1 attempt within/;
const filtered = /it answers 40[13]; check the URL, and whether a filter on the way answers in its place\n/;
const forbidden =
  /redirects to where source\.url itself may not lead: that would have to be an https URL( \(|\n)/;
const waits = [answer(429, { 'retry-after': '1' }), answer(503, { 'retry-after': inFiveSeconds })];
const passing = [hangUp, half({}, cut), answer(502), ...waits, answer(429, { 'retry-after': 'soon' }), good];

const statuses: Row[] = [
  ['401', answer(401), filtered],
  ['403', answer(403), filtered],
  ['404', answer(404), /it answers 404; check the URL\n/],
  ['410', answer(410), /it answers 410\n/],
  ['204', answer(204), /it answers 204\n/],
  ...[408, 425, 429, 500, 502, 503, 504].map((status): Row => {
    const pattern = new RegExp(`it answers ${status} \\(\\d+ attempts within the (20|60) s `);
    return [`${status} for ever`, answer(status), pattern];
  }),
  ['a wait beyond the budget', answer(429, { 'retry-after': '3600' }), hour],
  ['a date beyond the budget', answer(503, { 'retry-after': nextCentury }), century],
  ['a redirect', [redirect('/elsewhere'), good], 'ok'],
  ['a redirect loop', redirect('/ip-ranges.json'), /it redirects more than 5 times\n/],
  ['a redirect to http', redirect('http://example.com/ip-ranges.json'), forbidden],
  ['a redirect to a file', redirect('file:///etc/passwd'), forbidden],
  ['a redirect without a location', answer(302), /it answers 302 without a location/],
  ['a connection cut, half a body, failures, a second to wait, a date, and what is no time', passing, 'ok'],
];

const document = JSON.parse(incident) as { readonly prefixes: readonly unknown[] };
const edited = (changes: object) => JSON.stringify({ ...document, ...changes });
const withPrefix = (prefix: unknown) => edited({ prefixes: [...document.prefixes, prefix] });
const s3 = { ip_prefix: '10.0.0.0/8', region: 'us-gov-west-1', service: 'S3' };

const capitals = { ...s3, ip_prefix: undefined, ipv6_prefix: '2600:1FA0:2000::/40' };
const regions = Array.from({ length: 2_001 }, (_, index) => ({ ...s3, region: `r${index}` }));

/** Bodies that are no document, and what is said of each after "not a usable ip-ranges.json: ". */
const bodies: [fault: string, body: string | Buffer, said: string][] = [
  ['a byte order mark', `\u{feff}${incident}`, 'it starts with a byte order mark, which JSON does not allow'],
  ['HTML with 200', '<!doctype html><title>Log in</title>', 'it is a page of HTML or XML'],
  ['an empty body', '', 'it is empty'],
  ['truncated JSON', incident.slice(0, -3), 'it is not valid JSON, or only a part of it arrived'],
  ['JSON followed by more', `${incident}{}`, 'it is not valid JSON'],
  ['an empty object', '{}', 'its syncToken is missing'],
  ['an array', '[]', 'it is a list where an object'],
  ['null', 'null', 'it is null where an object'],
  ['a document without a prefix', renderDocument({}), 'it lists no prefixes at all'],
  ['UTF-16', Buffer.from(incident, 'utf16le'), 'it is not '],
  ['bytes that are no UTF-8', Buffer.from(incident.replace('S3', '\xff'), 'latin1'), 'it is not UTF-8 text'],
  ['a token that is a number', edited({ syncToken: 1724938990 }), 'its syncToken is a number'],
  ['a token that is no number', edited({ syncToken: 'latest' }), 'its syncToken is a string'],
  ['no prefixes', edited({ prefixes: undefined }), 'its prefixes is missing where a list'],
  ['no ipv6_prefixes', edited({ ipv6_prefixes: undefined }), 'its ipv6_prefixes is missing where a list'],
  ['prefixes as an object', edited({ prefixes: {} }), 'its prefixes is an object where a list belongs'],
  ['an entry that is no object', withPrefix('10.0.0.0/8'), 'its prefixes[15] is a string'],
  ['IPv6 in capitals', edited({ ipv6_prefixes: [capitals] }), 'its ipv6_prefixes[0].ipv6_prefix is not a'],
  ['regions without end', edited({ prefixes: regions }), 'its prefixes have more than 2000 names'],
];

const noNetwork = '.ip_prefix is not a network in canonical form, such as 52.95.144.0/24';
/** What is wrong with an entry, and what is said of it after "its prefixes[15]". */
const entries: [changes: object, said: string][] = [
  ...['10.0.0.1/8', '300.1.2.0/24', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0', '2600:1fa0:2000::/40'].map(
    (ip_prefix): [object, string] => [{ ip_prefix }, noNetwork],
  ),
  [{ ip_prefix: 10 }, '.ip_prefix is a number'],
  [{ ipv6_prefix: '2600::/16' }, '.ipv6_prefix is a string where no second network belongs'],
  [{ service: 3 }, '.service is a number'],
  [{ region: undefined }, '.region is missing'],
  [{ region: 'a'.repeat(129) }, '.region is a string'],
  [{ network_border_group: null }, '.network_border_group is null'],
];
for (const [changes, said] of entries) {
  const fault = `an entry with ${JSON.stringify(changes).slice(0, 60)}`;
  bodies.push([fault, withPrefix({ ...s3, ...changes }), `its prefixes[15]${said}`]);
}

const hostBits = { ...s3, ip_prefix: '10.0.0.1/8' };
const { syncToken, ...rest } = JSON.parse(incident);
const tokenLast = documentHandler(JSON.stringify({ ...rest, syncToken }));
const newer = documentHandler(documentWith('1725321189'));
const behind =
  /serves the document with syncToken 1724884996, older than the 1724938990 that was asked for: an edge of the CDN is behind \(\d+ attempts within/;
const stale = documentHandler(documentWith('1724884996', incidentCidrs.slice(1)));
const documents: Row[] = [
  ...bodies.map(([fault, body, said]): Row => {
    const pattern = `not a usable ip-ranges.json: ${said}`.replace(/[.[\]]/g, '\\$&');
    return [fault, send(body), new RegExp(pattern)];
  }),
  ['a field that nobody knows', send(incident.replaceAll('"service":', '"x": {"y": 9}, "service":')), 'ok'],
  ['host bits in an entry that is not selected', send(withPrefix({ ...hostBits, service: 'EC2' })), 'ok'],
  ['a createDate in another form', send(edited({ createDate: '2024/08/29' })), 'ok'],
  ['HTML, and documents cut and wrong', [send('<html>'), send('{'), send(withPrefix(hostBits)), good], 'ok'],
  ['a stale edge', stale, 'given', { given: version, in: behind }],
  ['an edge that alternates', [stale, good], 'given', isGiven],
  ['a token that jumps back between two requests', [newer, stale], 'given', isGiven],
  ['a token that stands elsewhere', tokenLast, 'given', isGiven],
];

const encoded = (body: string | Buffer, encoding: string) => send(body, { 'content-encoding': encoding });
const wrongGzip = /the body is not the gzip that it claims to be/;
const nothing = endless(unendedGzip(''), emptyBlocks(), { 'content-encoding': 'gzip' });
const encodings: Row[] = [
  ['a gzip bomb of 1 GiB', encoded(bomb(' '), 'gzip'), tooLong],
  ['blocks of gzip without end that decode to nothing', nothing, tooLong],
  ['gzip', encoded(gzipSync(incident), 'gzip'), 'ok'],
  ['deflate', encoded(deflateSync(incident), 'deflate'), 'ok'],
  ['deflate without its header', encoded(deflateRawSync(incident), 'deflate'), 'ok'],
  ['brotli', encoded(brotliCompressSync(incident), 'br'), 'ok'],
  ['an empty encoding', encoded(incident, ''), 'ok'],
  ['an encoding beside identity', encoded(gzipSync(incident), 'identity, gzip'), 'ok'],
  ['gzip to a request for a range', encoded(gzipSync(incident), 'gzip'), 'given', isGiven],
  ['an encoding that lies', encoded(incident, 'gzip'), wrongGzip],
  ['gzip cut short', encoded(gzipSync(incident).subarray(0, -9), 'gzip'), wrongGzip],
  ['an unknown encoding', encoded(incident, 'zstd'), /has a content-encoding that was not asked for/],
];

/** Answers to a request for a range, which only check makes. */
const part = (first: number, last: number) =>
  send(incident.slice(first, last + 1), { 'content-range': `bytes ${first}-${last}/${length}` }, 206);
const inRange =
  (handler: Handler): Handler =>
  (request, response) =>
    (request.headers.range ? handler : good)(request, response);
const start = incident.slice(0, 256);
const compressedPart = send(
  gzipSync(incident).subarray(0, 256),
  { 'content-range': 'bytes 0-255/9999', 'content-encoding': 'gzip' },
  206,
);
const isTooLong = { ...isGiven, in: tooLong };
const compressed = endless(unendedGzip(incident), emptyBlocks(), { 'content-encoding': 'gzip' });
const ranges: Row[] = [
  ['a partial response to a request for everything', part(0, 255), /it answers 206\n/],
  ['a range of a document without end', endless(incident, ' '.repeat(2 ** 16)), 'given', isTooLong],
  ['a range of a compressed document without end', compressed, 'given', isTooLong],
  ['a range answered with 200', inRange(send(incident)), 'given', isGiven],
  ['a range answered with 200, a start and then nothing', inRange(silentAfterStart), 'given', isGiven],
  ['a range answered with another range', inRange(part(300, 599)), 'given', isGiven],
  ['a range of the compressed bytes', inRange(compressedPart), 'given', isGiven],
  ['a range answered with 416', inRange(answer(416)), 'given', isGiven],
  ['a range answered with 206 without saying which', inRange(send(start, {}, 206)), 'given', isGiven],
  ['a range that is too short for the token', inRange(part(0, 19)), 'given', isGiven],
];

const cidrs = [...incidentCidrsInOrder, ...incidentIpv6Cidrs].map((cidr) => `${cidr}\n`).join('');

const rows = [connections, statuses, documents, encodings, ranges].flat();
for (const [fault, script, expected, more = {}] of rows) {
  const sourceFor = async (t: ExecutionContext) => {
    const { url } = await startServer(t, script);
    return s3Source(more.url ?? url, more.timeout === undefined ? {} : { timeout: more.timeout });
  };

  test(`${fault}: check`, async (t) => {
    const outcome = await run('check', { source: await sourceFor(t), version: more.given });
    if (expected instanceof RegExp) return assertFailure(t, outcome, expected);
    t.is(outcome.code, 0, outcome.stderr);
    const [answered] = JSON.parse(outcome.stdout) as [Version];
    t.is(answered.syncToken, version.syncToken);
    if (expected === 'given') t.deepEqual(answered, version);
  });

  test(`${fault}: in`, async (t) => {
    const directory = temporaryDirectory(t);
    const outcome = await run('in', { source: await sourceFor(t), version }, { args: [directory] });
    const files = readFiles(directory);
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
