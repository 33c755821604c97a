// check and in through a real proxy and from a real web server: tinyproxy in front of nginx, with TLS, ranges and gzip.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createAuthority } from '../helpers/certificates.ts';
import { corpusDocument, corpusTokens, hasCorpus } from '../helpers/corpus.ts';
import { incident } from '../helpers/documents.ts';
import { check, readFiles, succeed } from '../helpers/executables.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** A host that tinyproxy alone can find. */
const proxiedName = 'ranges.test';

interface Setting {
  /** By scheme: where nginx serves the document. */
  readonly urls: { readonly http: string; readonly https: string };
  readonly proxy: string;
  readonly source: object;
  readonly document: Buffer;
  /** The requests in nginx's log, as `206 256 -` with status, bytes of body and encoding. */
  served(): Promise<string[]>;
  /** The requests in tinyproxy's log. */
  proxied(): Promise<string[]>;
}

for (const scheme of ['http', 'https'] as const) {
  test.serial(`check and in get the document from nginx over ${scheme}, with ranges and gzip`, async (t) => {
    const setting = await setUp(t);
    await drive(t, setting, setting.urls[scheme], {});
    t.deepEqual(await setting.proxied(), []);
  });

  test.serial(`check and in get the document over ${scheme} through tinyproxy`, async (t) => {
    const setting = await setUp(t);
    const url = new URL(setting.urls[scheme]);
    url.hostname = proxiedName;
    await drive(t, setting, url.href, { [`${scheme}_proxy`]: setting.proxy });
    const proxied = await setting.proxied();
    t.is(proxied.length, 3);
    const { host } = url;
    for (const line of proxied)
      t.true(line.includes(scheme === 'http' ? `GET http://${host}/` : `CONNECT ${host}`), line);
  });

  test.serial(`what leads to loopback over ${scheme} never reaches tinyproxy`, async (t) => {
    const setting = await setUp(t);
    await drive(t, setting, setting.urls[scheme], { [`${scheme.toUpperCase()}_PROXY`]: setting.proxy });
    t.deepEqual(await setting.proxied(), []);
  });
}

/** A first check, a check with nothing new, and a get; what nginx saw of them. */
async function drive(t: ExecutionContext, setting: Setting, url: string, env: Record<string, string>) {
  const source = { ...setting.source, url };
  const version = await check(t, { source }, { env });
  t.deepEqual(await check(t, { source, version }, { env }), version);
  const directory = temporaryDirectory(t);
  await succeed(t, 'in', { source, version, params: { document: true } }, directory, { env });
  t.is((await readFiles(directory))['ip-ranges.json'], setting.document.toString());
  const [first = '', second, third = ''] = await setting.served();
  t.regex(first, /^200 \d+ gzip$/);
  t.is(second, '206 256 -');
  t.regex(third, /^200 \d+ gzip$/);
}

async function setUp(t: ExecutionContext): Promise<Setting> {
  const directory = temporaryDirectory(t);
  const authority = await createAuthority();
  const { key, cert } = await authority.issue({ names: ['127.0.0.1', proxiedName] });
  const document = hasCorpus ? corpusDocument(corpusTokens().at(-1) ?? '') : Buffer.from(incident);
  const [http, https, proxy] = [await freePort(), await freePort(), await freePort()];
  const path = (name: string) => join(directory, name);
  await mkdir(path('www'));
  await writeFile(path('www/ip-ranges.json'), document);
  await writeFile(path('key.pem'), key);
  await writeFile(path('cert.pem'), cert);
  await writeFile(path('nginx.conf'), nginxConfiguration(directory, http, https));
  await writeFile(path('tinyproxy.conf'), tinyproxyConfiguration(directory, proxy));
  await start(t, 'nginx', ['-p', directory, '-c', path('nginx.conf'), '-e', path('error.log')], http);
  await writeFile(path('hosts'), `127.0.0.1 ${proxiedName}\n`);
  // A mount of its own, in which the name leads to loopback: what the resource itself sees as loopback is not proxied.
  const mounted = 'mount --bind "$1" /etc/hosts && exec tinyproxy -d -c "$2"';
  const paths = [path('hosts'), path('tinyproxy.conf')];
  await start(t, 'unshare', ['--mount', 'sh', '-c', mounted, 'sh', ...paths], proxy);
  return {
    urls: {
      http: `http://127.0.0.1:${http}/ip-ranges.json`,
      https: `https://127.0.0.1:${https}/ip-ranges.json`,
    },
    proxy: `http://127.0.0.1:${proxy}`,
    source: { regions: ['us-gov-west-1'], allow_http: true, ca_certs: [authority.certificate] },
    document,
    served: () => lines(path('access.log')),
    proxied: async () => (await lines(path('tinyproxy.log'))).filter((line) => line.includes('Request')),
  };
}

function nginxConfiguration(directory: string, http: number, https: number): string {
  return `
    daemon off; master_process off; pid ${directory}/nginx.pid;
    events {}
    http {
      log_format short '$status $body_bytes_sent $sent_http_content_encoding';
      access_log ${directory}/access.log short;
      client_body_temp_path ${directory}; proxy_temp_path ${directory}; fastcgi_temp_path ${directory};
      uwsgi_temp_path ${directory}; scgi_temp_path ${directory};
      default_type application/json;
      gzip on; gzip_types application/json; gzip_min_length 0; gzip_proxied any;
      server {
        listen 127.0.0.1:${http};
        listen 127.0.0.1:${https} ssl;
        ssl_certificate ${directory}/cert.pem; ssl_certificate_key ${directory}/key.pem;
        root ${directory}/www;
      }
    }`;
}

function tinyproxyConfiguration(directory: string, port: number): string {
  return [
    `Port ${port}`,
    'Listen 127.0.0.1',
    `LogFile "${directory}/tinyproxy.log"`,
    'LogLevel Info',
    '',
  ].join('\n');
}

/** Starts a server that the test ends, and waits until it listens. */
async function start(t: ExecutionContext, command: string, args: string[], port: number): Promise<void> {
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  t.teardown(async () => {
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    await closed;
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
    if (await listens(port)) return;
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function lines(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8')).split('\n').filter(Boolean);
}
