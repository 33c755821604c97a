// check and in through a real proxy and from a real web server: tinyproxy in front of nginx, with TLS, ranges and gzip.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createAuthority } from '../helpers/certificates.ts';
import { corpusDocument, corpusTokens, hasCorpus } from '../helpers/corpus.ts';
import { incident } from '../helpers/documents.ts';
import { check, readFiles, succeed } from '../helpers/executables.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** A host that tinyproxy alone can find. */
const proxiedName = 'ranges.test';
const document = hasCorpus ? corpusDocument(corpusTokens().at(-1) ?? '') : Buffer.from(incident);

for (const scheme of ['http', 'https'] as const) {
  test.serial(
    `check and in get the document over ${scheme}: from nginx, through tinyproxy, and past it where that is loopback`,
    async (t) => {
      const { urls, proxy, source, served, proxied } = await setUp(t);
      const url = new URL(urls[scheme]);
      const line =
        scheme === 'http' ? `GET http://${proxiedName}:${url.port}/` : `CONNECT ${proxiedName}:${url.port}`;
      for (const [hostname, env, lines] of [
        ['127.0.0.1', {}, 0],
        ['127.0.0.1', { [`${scheme.toUpperCase()}_PROXY`]: proxy }, 0],
        [proxiedName, { [`${scheme}_proxy`]: proxy }, 3],
      ] as const) {
        url.hostname = hostname;
        const request = { source: { ...source, url: url.href } };
        const before = (await served()).length;
        const version = await check(t, request, { env });
        t.deepEqual(await check(t, { ...request, version }, { env }), version);
        const directory = temporaryDirectory(t);
        await succeed(t, 'in', { ...request, version, params: { document: true } }, directory, { env });
        t.is(readFiles(directory)['ip-ranges.json'], document.toString());
        const [first = '', second, third = ''] = (await served()).slice(before);
        for (const whole of [first, third]) t.regex(whole, /^200 \d+ gzip$/);
        t.is(second, '206 256 -');
        const requests = await proxied();
        t.deepEqual(
          requests.map((one) => one.includes(line)),
          Array(lines).fill(true),
          requests.join('\n'),
        );
      }
    },
  );
}

/** Starts both: nginx serves the document, and tinyproxy knows its other name. */
async function setUp(t: ExecutionContext) {
  const directory = temporaryDirectory(t);
  const authority = await createAuthority();
  const { key, cert } = await authority.issue({ names: ['127.0.0.1', proxiedName] });
  const [http, https, proxy] = [await freePort(), await freePort(), await freePort()];
  const path = (name: string) => join(directory, name);
  await mkdir(path('www'));
  for (const [name, content] of Object.entries({
    'www/ip-ranges.json': document,
    'key.pem': key,
    'cert.pem': cert,
    'nginx.conf': nginxConfiguration(directory, http, https),
    'tinyproxy.conf': `Port ${proxy}\nListen 127.0.0.1\nLogFile "${path('tinyproxy.log')}"\nLogLevel Info\n`,
    hosts: `127.0.0.1 ${proxiedName}\n`,
  })) {
    await writeFile(path(name), content);
  }
  await start(t, 'nginx', ['-p', directory, '-c', path('nginx.conf'), '-e', path('error.log')], http);
  // A mount of its own, in which the name leads to loopback: what the resource itself sees as loopback is not proxied.
  const mounted = 'mount --bind "$1" /etc/hosts && exec tinyproxy -d -c "$2"';
  const paths = [path('hosts'), path('tinyproxy.conf')];
  await start(t, 'unshare', ['--mount', 'sh', '-c', mounted, 'sh', ...paths], proxy);
  const lines = async (name: string) => (await readFile(path(name), 'utf8')).split('\n').filter(Boolean);
  return {
    urls: {
      http: `http://127.0.0.1:${http}/ip-ranges.json`,
      https: `https://127.0.0.1:${https}/ip-ranges.json`,
    },
    proxy: `http://127.0.0.1:${proxy}`,
    source: { regions: ['us-gov-west-1'], allow_http: true, ca_certs: [authority.certificate] },
    /** The requests in nginx's log, as `206 256 -` with status, bytes of body and encoding. */
    served: () => lines('access.log'),
    /** The requests in tinyproxy's log. */
    proxied: async () => (await lines('tinyproxy.log')).filter((line) => line.includes('Request')),
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

/** Starts a server that the test ends, and waits until it listens. */
async function start(t: ExecutionContext, command: string, args: string[], port: number): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  t.teardown(async () => {
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    await closed;
  });
  for (let isListening = false; !isListening; ) {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    isListening = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
