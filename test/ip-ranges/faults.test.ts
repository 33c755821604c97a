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

interface Row {
  readonly fault: string;
  /** Answers every request; undefined where nothing answers. */
  readonly serve?: () => Handler;
  readonly tls?: {
    readonly names?: readonly string[];
    readonly expired?: boolean;
    readonly isTrusted?: boolean;
  };
  readonly url?: string;
  readonly source?: object;
  /** The version that check is given; none unless the row says so. */
  readonly given?: Version;
  readonly check: Outcome;
  /** The same as check unless the row says so. */
  readonly in?: Outcome;
}

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
const edited = (edit: (document: Record<string, unknown>) => unknown) => {
  const document = JSON.parse(incident) as Record<string, unknown>;
  return send(JSON.stringify(edit(document) ?? document));
};
const withPrefix = (prefix: unknown) =>
  edited((document) => {
    (document['prefixes'] as unknown[]).push(prefix);
  });
const s3 = (ip_prefix: unknown) => ({ ip_prefix, region: 'us-gov-west-1', service: 'S3' });
const short = { timeout: '3s' };

const rows: Row[] = [
  // Reaching the server
  {
    fault: 'a refused connection',
    url: 'http://127.0.0.1:1/',
    check: /connection was refused \(ECONNREFUSED\) \(\d+ attempts within the (20|60) s /,
  },
  {
    fault: 'a name that does not resolve',
    url: 'https://name.invalid/',
    check: /https:\/\/name\.invalid\/: the host name (does not resolve|cannot be resolved at the moment)/,
  },
  {
    fault: 'a certificate of an unknown authority',
    tls: {},
    serve: () => good,
    check:
      /its certificate was not issued by an authority that is trusted here \(\w+\); name its CA in source\.ca_certs\n/,
  },
  {
    fault: 'an expired certificate',
    tls: { isTrusted: true, expired: true },
    serve: () => good,
    check: /its certificate has expired \(CERT_HAS_EXPIRED\); it must be renewed where it is served\n/,
  },
  {
    fault: 'a certificate for another name',
    tls: { isTrusted: true, names: ['example.com'] },
    serve: () => good,
    check: /its certificate is for other names than the URL's \(ERR_TLS_CERT_ALTNAME_INVALID\)/,
  },
  { fault: 'a trusted certificate', tls: { isTrusted: true }, serve: () => good, check: 'ok' },
  {
    fault: 'https to a server without TLS',
    serve: () => good,
    url: 'https',
    source: short,
    check: /SSL|wrong version|source\.timeout|EPROTO/,
  },
  // A response that does not come whole
  {
    fault: 'headers that never come',
    serve: () => () => {},
    source: short,
    check: /response did not start in time|no complete answer within the 3 s/,
  },
  {
    fault: 'a body that stalls',
    serve: () => half({}, () => {}),
    source: short,
    check: /response (stalled|did not start in time)|no complete answer within the 3 s/,
  },
  {
    fault: 'headers without end',
    serve: () => endlessly('HTTP/1.1 200 OK\r\n', `x-filling: ${'x'.repeat(1000)}\r\n`),
    check:
      /the headers of the response are longer than 16 KiB \(UND_ERR_HEADERS_OVERFLOW\) \(\d+ attempts within/,
  },
  {
    fault: 'interim responses without end',
    serve: () => endlessly('', 'HTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\n'),
    source: short,
    check: /response did not start in time|no complete answer within the 3 s/,
  },
  {
    fault: 'a body cut short of its length',
    serve: () => half({ 'content-length': length }, (response) => response.destroy()),
    check: /connection was closed before the response was complete/,
  },
  {
    fault: 'a chunked body cut short',
    serve: () => half({}, (response) => response.destroy()),
    check: /connection was closed before|only a part of it arrived/,
  },
  {
    fault: 'a body without a length cut short',
    serve: () => (_request, response) => {
      response.useChunkedEncodingByDefault = false;
      response.shouldKeepAlive = false;
      response.writeHead(200);
      response.end(incident.slice(0, 900));
    },
    check: /not valid JSON, or only a part of it arrived \(900 bytes/,
  },
  {
    fault: 'a length below the true one',
    serve: () => (_request, response) => {
      response.strictContentLength = false;
      response.writeHead(200, { 'content-length': 900, connection: 'close' });
      response.end(incident);
    },
    check: /only a part of it arrived|connection was closed|content-length/i,
  },
  {
    fault: 'a connection cut once',
    serve: () => sequence((_request, response) => response.destroy(), good),
    check: 'ok',
  },
  {
    fault: 'half a body once',
    serve: () =>
      sequence(
        half({}, (response) => response.destroy()),
        good,
      ),
    check: 'ok',
  },
  {
    fault: 'a body that trickles',
    serve: () => trickle,
    source: short,
    check:
      /no complete answer within the 3 s of source\.timeout|response did not start in time .* within the 3 s/,
  },
  {
    fault: 'another response behind the whole one',
    serve: () => (_request, response) => {
      const head = `HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n`;
      response.socket?.write(`${head}${incident}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}`);
    },
    check: 'ok',
  },
  // Statuses
  { fault: '404', serve: () => answer(404), check: /it answers 404; check the URL\n/ },
  {
    fault: '403',
    serve: () => answer(403),
    check: /it answers 403; check the URL, and whether a filter on the way answers in its place\n/,
  },
  { fault: '401', serve: () => answer(401), check: /it answers 401; check the URL, and whether a filter/ },
  { fault: '410', serve: () => answer(410), check: /it answers 410\n/ },
  { fault: '204', serve: () => answer(204), check: /it answers 204\n/ },
  { fault: '429 for ever', serve: () => answer(429), check: /it answers 429 \(\d+ attempts within/ },
  {
    fault: '429 once, with a wait',
    serve: () => sequence(answer(429, { 'retry-after': '1' }), good),
    check: 'ok',
  },
  {
    fault: '429 with a wait beyond the budget',
    serve: () => answer(429, { 'retry-after': '3600' }),
    check:
      /it answers 429, and asks to wait for 3600 s \(1 attempt within the (20 s that a check takes at most|60 s of source\.timeout)\)\n/,
  },
  {
    fault: '503 with a date to wait for beyond the budget',
    serve: () => answer(503, { 'retry-after': 'Fri, 31 Dec 2100 23:59:59 GMT' }),
    check: /it answers 503, and asks to wait for \d+ s \(1 attempt within/,
  },
  {
    fault: '429 with a wait that is no time',
    serve: () => sequence(answer(429, { 'retry-after': 'soon' }), good),
    check: 'ok',
  },
  { fault: '500 for ever', serve: () => answer(500), check: /it answers 500 \(\d+ attempts within/ },
  { fault: '502 once', serve: () => sequence(answer(502), good), check: 'ok' },
  {
    fault: '503 three times',
    serve: () => sequence(answer(503), answer(503), answer(503), good),
    check: 'ok',
  },
  {
    fault: '503 seven times',
    serve: () => sequence(...Array<Handler>(7).fill(answer(503)), good),
    check: 'ok',
  },
  {
    fault: '503 with a date to wait for',
    serve: () => sequence(answer(503, { 'retry-after': new Date(Date.now() + 5000).toUTCString() }), good),
    check: 'ok',
  },
  { fault: '503 for ever', serve: () => answer(503), check: /it answers 503 \(\d+ attempts within/ },
  // Redirects
  { fault: 'a redirect', serve: () => sequence(redirect('/elsewhere', 301), good), check: 'ok' },
  {
    fault: 'a redirect loop',
    serve: () => redirect('/ip-ranges.json'),
    check: /it redirects more than 5 times\n/,
  },
  {
    fault: 'a redirect to http',
    serve: () => redirect('http://example.com/ip-ranges.json'),
    check: /it redirects to where source\.url itself may not lead: that would have to be an https URL/,
  },
  {
    fault: 'a redirect to a file',
    serve: () => redirect('file:///etc/passwd'),
    check: /it redirects to where source\.url itself may not lead/,
  },
  {
    fault: 'a redirect without a location',
    serve: () => answer(302),
    check: /it answers 302 without a location/,
  },
  // Bodies that are no document
  {
    fault: 'HTML with 200',
    serve: () => send('<!doctype html><title>Log in</title>', { 'content-type': 'text/html' }),
    check: /it is a page of HTML or XML \(\d+ attempts/,
  },
  { fault: 'HTML once', serve: () => sequence(send('<html>'), good), check: 'ok' },
  {
    fault: 'an empty body',
    serve: () => send(''),
    check: /not a usable ip-ranges\.json: it is empty \(\d+ attempts within/,
  },
  {
    fault: 'truncated JSON',
    serve: () => send(incident.slice(0, -3)),
    check: /not valid JSON, or only a part of it arrived/,
  },
  { fault: 'JSON followed by more', serve: () => send(`${incident}{}`), check: /not valid JSON/ },
  {
    fault: 'JSON of another shape',
    serve: () => send('{"ok":true}'),
    check: /its syncToken is missing where a string of digits belongs/,
  },
  { fault: 'an empty object', serve: () => send('{}'), check: /its syncToken is missing/ },
  {
    fault: 'an array',
    serve: () => send('[]'),
    check: /it is an array where an object with syncToken and prefixes belongs/,
  },
  { fault: 'null', serve: () => send('null'), check: /it is null where an object/ },
  {
    fault: 'a document without a prefix',
    serve: () => send(renderDocument({})),
    check: /it lists no prefixes at all/,
  },
  {
    fault: 'a byte order mark',
    serve: () => send(`\ufeff${incident}`),
    check: /it starts with a byte order mark/,
  },
  {
    fault: 'UTF-16',
    serve: () => send(Buffer.from(incident, 'utf16le')),
    check: /it is not valid JSON|it is not UTF-8/,
  },
  {
    fault: 'bytes that are no UTF-8',
    serve: () =>
      send(Buffer.concat([Buffer.from(incident.slice(0, -1)), Buffer.from([0x22, 0xff, 0x22, 0x7d])])),
    check: /it is not UTF-8 text/,
  },
  // Documents that lie
  {
    fault: 'a token that is a number',
    serve: () => edited((document) => ({ ...document, syncToken: 1724938990 })),
    check: /its syncToken is a number of another form where a string of digits belongs/,
  },
  {
    fault: 'a token that is no number',
    serve: () => edited((document) => ({ ...document, syncToken: 'latest' })),
    check: /its syncToken is a string of another form where/,
  },
  {
    fault: 'a missing prefixes array',
    serve: () => edited(({ prefixes: _, ...rest }) => rest),
    check: /its prefixes is missing where an array belongs/,
  },
  {
    fault: 'a missing ipv6_prefixes array',
    serve: () => edited(({ ipv6_prefixes: _, ...rest }) => rest),
    check: /its ipv6_prefixes is missing where an array belongs/,
  },
  {
    fault: 'prefixes as an object',
    serve: () => edited((document) => ({ ...document, prefixes: {} })),
    check: /its prefixes is an object where an array belongs/,
  },
  {
    fault: 'an entry that is no object',
    serve: () => withPrefix('10.0.0.0/8'),
    check: /its prefixes\[15\] is a string of another form where an object belongs/,
  },
  {
    fault: 'host bits',
    serve: () => withPrefix(s3('10.0.0.1/8')),
    check: /its prefixes\[15\]\.ip_prefix is not a network in canonical form, such as 52\.95\.144\.0\/24/,
  },
  {
    fault: 'an octet above 255',
    serve: () => withPrefix(s3('300.1.2.0/24')),
    check: /its prefixes\[15\]\.ip_prefix is not a network/,
  },
  {
    fault: 'a length above 32',
    serve: () => withPrefix(s3('10.0.0.0/33')),
    check: /its prefixes\[15\]\.ip_prefix is not a network/,
  },
  {
    fault: 'a leading zero',
    serve: () => withPrefix(s3('10.0.0.0/08')),
    check: /its prefixes\[15\]\.ip_prefix is not a network/,
  },
  {
    fault: 'an address without a length',
    serve: () => withPrefix(s3('10.0.0.0')),
    check: /its prefixes\[15\]\.ip_prefix is not a network/,
  },
  {
    fault: 'the wrong family',
    serve: () => withPrefix(s3('2600:1fa0:2000::/40')),
    check: /its prefixes\[15\]\.ip_prefix is not a network/,
  },
  {
    fault: 'IPv6 in another notation',
    serve: () =>
      edited((document) => ({
        ...document,
        ipv6_prefixes: [{ ipv6_prefix: '2600:1FA0:2000::/40', region: 'us-gov-west-1', service: 'S3' }],
      })),
    check: /its ipv6_prefixes\[0\]\.ipv6_prefix is not a network in canonical form/,
  },
  {
    fault: 'a prefix that is a number',
    serve: () => withPrefix(s3(10)),
    check: /its prefixes\[15\]\.ip_prefix is a number of another form where a network belongs/,
  },
  {
    fault: 'a service that is a number',
    serve: () => withPrefix({ ...s3('10.0.0.0/8'), service: 3 }),
    check: /its prefixes\[15\]\.service is a number of another form where a name belongs/,
  },
  {
    fault: 'a missing region',
    serve: () => withPrefix({ ip_prefix: '10.0.0.0/8', service: 'S3' }),
    check: /its prefixes\[15\]\.region is missing where a name belongs/,
  },
  {
    fault: 'a border group that is null',
    serve: () => withPrefix({ ...s3('10.0.0.0/8'), network_border_group: null }),
    check: /network_border_group is null where a name belongs/,
  },
  {
    fault: 'a field that nobody knows',
    serve: () => send(incident.replaceAll('"service":', '"since": {"year": 2024}, "service":')),
    check: 'ok',
  },
  {
    fault: 'a name without end',
    serve: () => withPrefix({ ...s3('10.0.0.0/8'), region: 'a'.repeat(129) }),
    check: /its prefixes\[15\]\.region is a string of another form where a name belongs/,
  },
  {
    fault: 'host bits in an entry that is not selected',
    serve: () => withPrefix({ ...s3('10.0.0.1/8'), service: 'EC2' }),
    check: 'ok',
  },
  {
    fault: 'regions without end',
    serve: () =>
      edited((document) => ({
        ...document,
        prefixes: Array.from({ length: 2_001 }, (_, index) => ({ ...s3('10.0.0.0/8'), region: `r${index}` })),
      })),
    check: /its prefixes have more than 2000 names/,
  },
  {
    fault: 'a CIDR that nobody can reach, of another region',
    serve: () => withPrefix({ ...s3('252.0.0.0/10'), region: 'us-west-2' }),
    check: 'ok',
  },
  {
    fault: 'a malformed createDate',
    serve: () => edited((document) => ({ ...document, createDate: '2024/08/29' })),
    check: 'ok',
  },
  {
    fault: 'a bad document twice',
    serve: () => sequence(withPrefix(s3('10.0.0.1/8')), send('{'), good),
    check: 'ok',
  },
  // Edges of the CDN
  {
    fault: 'a stale edge',
    serve: () => documentHandler(documentWith('1724884996', incidentCidrs.slice(1))),
    given: version,
    check: 'given',
    in: /serves the document with syncToken 1724884996, older than the 1724938990 that was asked for: an edge of the CDN is behind \(\d+ attempts within/,
  },
  {
    fault: 'an edge that alternates',
    serve: () => sequence(documentHandler(documentWith('1724884996', incidentCidrs.slice(1))), good),
    given: version,
    check: 'given',
    in: 'ok',
  },
  {
    fault: 'a token that jumps back between the two requests of a check',
    serve: () =>
      sequence(documentHandler(documentWith('1725321189')), documentHandler(documentWith('1724884996', []))),
    given: version,
    check: 'given',
    in: 'ok',
  },
  // Sizes and encodings
  { fault: 'an endless body', serve: () => endless(), check: /the body exceeds 16 MiB\n/ },
  {
    fault: 'a gzip bomb of 1 GiB',
    serve: () => bomb(' ', { 'content-encoding': 'gzip' }),
    check: /the body exceeds 16 MiB\n/,
  },
  {
    fault: 'blocks of gzip without end that decode to nothing',
    serve: () => emptyBlocks(),
    check: /the body exceeds 16 MiB\n/,
  },
  { fault: 'gzip', serve: () => send(gzipSync(incident), { 'content-encoding': 'gzip' }), check: 'ok' },
  {
    fault: 'deflate',
    serve: () => send(deflateSync(incident), { 'content-encoding': 'deflate' }),
    check: 'ok',
  },
  {
    fault: 'deflate without its header',
    serve: () => send(deflateRawSync(incident), { 'content-encoding': 'deflate' }),
    check: 'ok',
  },
  {
    fault: 'brotli',
    serve: () => send(brotliCompressSync(incident), { 'content-encoding': 'br' }),
    check: 'ok',
  },
  {
    fault: 'gzip to a request for a range',
    serve: () => send(gzipSync(incident), { 'content-encoding': 'gzip' }),
    given: version,
    check: 'given',
    in: 'ok',
  },
  {
    fault: 'an encoding that lies',
    serve: () => send(incident, { 'content-encoding': 'gzip' }),
    check: /the body is not the gzip that it claims to be/,
  },
  {
    fault: 'gzip cut short',
    serve: () => send(gzipSync(incident).subarray(0, -9), { 'content-encoding': 'gzip' }),
    check: /the body is not the gzip that it claims to be/,
  },
  {
    fault: 'an encoding that nobody asked for',
    serve: () => send(incident, { 'content-encoding': 'zstd' }),
    check: /the body has a content-encoding that was not asked for/,
  },
  { fault: 'an empty encoding', serve: () => send(incident, { 'content-encoding': '' }), check: 'ok' },
  {
    fault: 'an encoding beside identity',
    serve: () => send(gzipSync(incident), { 'content-encoding': 'identity, gzip' }),
    check: 'ok',
  },
  // Ranges, which only check asks for
  {
    fault: 'a range answered with 200',
    serve: () => send(incident),
    given: version,
    check: 'given',
    in: 'ok',
  },
  {
    fault: 'a range answered with another range',
    serve: () => (request, response) =>
      (request.headers.range
        ? send(incident.slice(300, 600), { 'content-range': `bytes 300-599/${length}` }, 206)
        : good)(request, response),
    given: version,
    check: 'given',
    in: 'ok',
  },
  {
    fault: 'a range answered with 416',
    serve: () => (request, response) => (request.headers.range ? answer(416) : good)(request, response),
    given: version,
    check: 'given',
    in: 'ok',
  },
  {
    fault: 'a range answered with 206 without saying which',
    serve: () => (request, response) =>
      (request.headers.range ? send(incident.slice(0, 256), {}, 206) : good)(request, response),
    given: version,
    check: 'given',
    in: 'ok',
  },
  {
    fault: 'a partial response to a request for everything',
    serve: () => send(incident.slice(0, 256), { 'content-range': `bytes 0-255/${length}` }, 206),
    check: /it answers 206\n/,
  },
  {
    fault: 'a range that is too short for the token',
    serve: () => (request, response) =>
      (request.headers.range
        ? send(incident.slice(0, 20), { 'content-range': `bytes 0-19/${length}` }, 206)
        : good)(request, response),
    given: version,
    check: 'given',
    in: 'ok',
  },
];

const authority = await createAuthority();

for (const row of rows) {
  test(`${row.fault}: check`, async (t) => {
    const source = await setUp(t, row);
    const outcome = await run('check', { source, version: row.given });
    if (row.check instanceof RegExp) return assertFailure(t, outcome, row.check);
    t.is(outcome.code, 0, outcome.stderr);
    const [answered] = JSON.parse(outcome.stdout) as [Version];
    t.is(answered.syncToken, version.syncToken);
    if (row.check === 'given') t.deepEqual(answered, row.given);
  });

  test(`${row.fault}: in`, async (t) => {
    const source = await setUp(t, row);
    const directory = temporaryDirectory(t);
    const outcome = await run('in', { source, version }, { args: [directory] });
    const expected = row.in ?? row.check;
    const files = await readFiles(directory);
    if (expected instanceof RegExp) {
      assertFailure(t, outcome, expected);
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
  const outcome = await run(
    'in',
    { source: s3Source(server.url), version },
    { args: [temporaryDirectory(t)] },
  );
  t.is(outcome.code, 0, outcome.stderr);
});

test('the matrix has at least 45 faults', (t) => {
  t.true(rows.length >= 45, `${rows.length}`);
  t.is(new Set(rows.map(({ fault }) => fault)).size, rows.length);
});

/** A server for the row and the source that leads to it. */
async function setUp(t: ExecutionContext, row: Row): Promise<object> {
  const tls = row.tls === undefined ? undefined : await authority.issue(row.tls);
  const server = await startServer(t, row.serve?.() ?? good, tls);
  const url = row.url === 'https' ? server.url.replace('http:', 'https:') : (row.url ?? server.url);
  return s3Source(url, { ...row.source, ...(row.tls?.isTrusted && { ca_certs: [authority.certificate] }) });
}

/** White space without end, as fast as it is read. */
function endless(): Handler {
  const chunk = Buffer.alloc(2 ** 20, ' ');
  return (_request, response) => {
    response.writeHead(200);
    const fill = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', fill);
    fill();
  };
}

/** The start of a gzip file, and then empty stored blocks, none of which is the last one. */
function emptyBlocks(): Handler {
  const start = gzipSync('').subarray(0, 10);
  const blocks = Buffer.alloc(5 * 2 ** 16);
  for (let at = 0; at < blocks.length; at += 5) blocks.writeUInt16LE(0xffff, at + 3);
  return (_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.write(start);
    const fill = () => {
      while (!response.destroyed && response.write(blocks));
    };
    response.on('drain', fill);
    fill();
  };
}

/** The document, a byte a moment, so that no wait for the next one is long. */
function trickle(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  let index = 0;
  const timer = setInterval(() => response.write(incident[index++ % incident.length]), 50);
  request.socket.on('close', () => clearInterval(timer));
}
