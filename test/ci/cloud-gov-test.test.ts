// ci/cloud-gov-test.sh: what cloud.gov's container pipeline would find out about an image, in a place like theirs.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** What the script takes for granted there: three helpers that run an executable, write its answer and never fail. */
const library = `
ct_bootstrap() { cd "$WORKSPACE"; }
protocol() { printf '%s' "$2" | "/opt/resource/$1" $3 >"$1-output.json" 2>"$1-messages" || true; }
check_protocol() { protocol check "$1"; }
in_protocol() { mkdir -p dest; protocol in "$1" dest; }
out_protocol() { protocol out "$1" src; }
`;

/** Runs the script with the executables of a directory in the place of /opt/resource. */
async function runScript(t: ExecutionContext, directory = 'dist') {
  const place = await temporaryDirectory(t);
  const workspace = join(place, 'workspace');
  mkdirSync(workspace);
  mkdirSync(join(place, 'lib'));
  const here = (text: string) => text.replaceAll('/opt/resource', resolve(directory));
  writeFileSync(join(place, 'lib/common.sh'), here(library));
  writeFileSync(join(place, 'test.sh'), here(readFileSync('ci/cloud-gov-test.sh', 'utf8')));
  return await new Promise<{ code: number; stdout: string }>((resolvePromise) => {
    execFile(
      'bash',
      [join(place, 'test.sh')],
      { env: { PATH: process.env['PATH'], WORKSPACE: workspace } },
      (error, stdout) => resolvePromise({ code: error === null ? 0 : Number(error.code), stdout }),
    );
  });
}

test('the image passes without a network', async (t) => {
  const { code, stdout } = await runScript(t);
  t.is(code, 0, stdout);
  t.regex(stdout, /validation passed$/m);
});

/** Executables of shell that do, as far as the script looks, what an image does. */
const behaved = {
  check: '',
  in: 'seq 5 >"$1/cidrs.txt"',
  out: '[ "$(wc -l <"$1/rules.txt")" = 5 ] || exit 1; echo \'{"version":{"syncToken":"1724938990"}}\'',
};
const broken: [name: string, does: string, script: string, complaint: RegExp][] = [
  ['in', 'writes nothing', 'exit 1', /in did not write the five CIDRs/],
  ['out', 'refuses everything', 'exit 1', /the guard did not pass rules that cover the list/],
  ['out', 'passes everything', behaved.out.replace('exit 1', 'true'), /the guard passed rules/],
];
for (const [broke, does, script, complaint] of broken) {
  test(`an image whose ${broke} ${does} fails`, async (t) => {
    const directory = temporaryDirectory(t);
    for (const [name, own] of Object.entries({ ...behaved, [broke]: script })) {
      writeFileSync(join(directory, name), `#!/bin/sh\ncat >/dev/null\n${own}\n`, { mode: 0o755 });
    }
    const { code, stdout } = await runScript(t, directory);
    t.is(code, 1);
    t.regex(stdout, complaint);
  });
}
