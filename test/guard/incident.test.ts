// The incident of 29 August 2024, through the built executable: rules that hold two of the five CIDRs must not pass.

import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { runOut } from '../helpers/executables.ts';
import { five, govSource, judge, two, type Verdict, writeFiles, writeRanges } from '../helpers/guard.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { egress, plan, securityGroup } from '../helpers/terraform.ts';

const planOf = (cidrs: readonly string[]) => {
  const { values: before } = securityGroup([egress(['10.0.0.0/8'])]);
  return plan([{ ...securityGroup([egress(cidrs)], {}, 'module.egress.aws_security_group.apps'), before }]);
};

const failure = (rules: string, ports: string) =>
  [
    `error: ${rules} leaves out 3 of 5 published CIDRs${ports} (S3, us-gov-west-1, IPv4, syncToken 1724938990)`,
    '  missing  108.175.48.0/22  us-gov-west-1  S3',
    '  missing  108.175.56.0/22  us-gov-west-1  S3',
    '  missing  136.18.0.0/23    us-gov-west-1  S3',
    '',
  ].join('\n');
test('rules that hold two of the five CIDRs fail and name the other three; all five pass, without any network', async (t) => {
  const sources = temporaryDirectory(t);
  writeRanges(join(sources, 's3-ranges'));
  // Nothing answers there.
  const source = { ...govSource, url: 'http://127.0.0.1:9/ip-ranges.json' };
  const put = (rules: string) => runOut({ source, params: { rules, ranges: 's3-ranges' } }, sources);
  for (const [rules, write, name, ports] of [
    ['cidrs.txt', (cidrs: readonly string[]) => cidrs.join('\n'), 'cidrs.txt', ', ports not judged'],
    [
      'plan/plan.json',
      (cidrs: readonly string[]) => JSON.stringify(planOf(cidrs)),
      'plan/plan.json (module.egress.aws_security_group.apps)',
      ' for tcp 443',
    ],
  ] as const) {
    writeFiles(sources, { [rules]: write(two) });
    t.deepEqual(await put(rules), { code: 1, stdout: '', stderr: failure(name, ports) });
    writeFiles(sources, { [rules]: write(five) });
    const { code, stderr } = await put(rules);
    const about = '(S3, us-gov-west-1, IPv4, syncToken 1724938990)';
    t.is(stderr, `5 of 5 published CIDRs covered by ${name}${ports} ${about}\n`);
    t.is(code, 0);
  }
});

test('what in writes passes as rules: its lines, its JSON, its variables, its security group', async (t) => {
  const sources = temporaryDirectory(t);
  const source = { services: ['S3'], regions: ['us-gov-west-1'], url: 'http://127.0.0.1:9/ip-ranges.json' };
  writeRanges(join(sources, 'ranges'), source);
  writeRanges(join(sources, 'deployed'), source);
  for (const file of ['cidrs.txt', 'cidrs.json', 'ip_ranges.auto.tfvars.json']) {
    const { code, stderr } = await runOut(
      { source, params: { rules: `deployed/${file}`, ranges: 'ranges', mode: 'exact' } },
      sources,
    );
    t.regex(
      stderr,
      /^11 of 11 published CIDRs covered by deployed.*, ports not judged \(S3, us-gov-west-1, syncToken 1724938990\)\n$/,
    );
    t.is(code, 0);
  }
  const params = { rules: 'deployed/security-group.json', ranges: 'ranges' };
  const { code, stderr } = await runOut({ source, params }, sources);
  t.regex(
    stderr,
    /security-group\.json leaves out 6 of 11 published CIDRs for tcp 443/,
    'its rules are IPv4',
  );
  t.is(code, 1);
  const ipv4 = { ...source, ip_versions: [4] };
  writeRanges(join(sources, 'ipv4'), ipv4);
  const request = { source: ipv4, params: { ...params, ranges: 'ipv4' } };
  t.regex(
    (await runOut(request, sources)).stderr,
    /^5 of 5 published CIDRs covered by deployed\/security-group\.json/,
  );
});

test('rules that the get of the ranges wrote are refused however they are named, since a list covers itself', async (t) => {
  const sources = temporaryDirectory(t);
  writeRanges(join(sources, 'ranges'));
  symlinkSync(join('..', 'ranges', 'cidrs.txt'), join(sources, 'ranges', 'link'));
  symlinkSync('ranges', join(sources, 'same'));
  symlinkSync(join('ranges', 'cidrs.txt'), join(sources, 'rules'));
  writeFiles(sources, { 'ranges/copy/rules': five.join('\n') });
  for (const [rules, ranges] of [
    ['./ranges/security-group.json', 'ranges'],
    ['ranges/link', 'ranges'],
    ['ranges/copy/rules', 'ranges'],
    ['same/cidrs.txt', 'ranges'],
    ['rules', 'same'],
  ]) {
    const { code, stderr } = await runOut({ source: govSource, params: { rules, ranges } }, sources);
    t.is(code, 1, rules);
    t.regex(stderr, /a file in the directory of params\.ranges, "\w+": a list always covers itself/);
  }
});

// The guard on what real tools printed: every row of tool-outputs/cases.tsv is judged as it says.

const directory = 'test/guard/tool-outputs/';
const rows = readFileSync(`${directory}cases.tsv`, 'utf8').trimEnd().split('\n').slice(1);

/** What is wrong with a verdict by a row's expectation; undefined when nothing is. */
function fault({ passed, text }: Verdict, expected: string): string | undefined {
  const wanted = expected.startsWith('fail:') ? expected.slice('fail:'.length) : undefined;
  const isUndecided = text.startsWith('undecided whether');
  const isVerdict = isUndecided || / leaves out | allows \d+ CIDRs? beyond /.test(text);
  switch (expected) {
    case 'pass':
      return passed ? undefined : 'must pass';
    case 'refuse':
    case 'refuse-or-fail':
    case 'not-pass':
      return passed || text.length < 40 ? 'must not pass, with a sentence that helps' : undefined;
    case 'pass-or-refuse':
      return passed || isUndecided ? undefined : 'must pass or be undecided';
    case 'noted':
      return !passed || text.includes('last refresh') ? undefined : 'must say as of the last refresh';
    default:
      if (wanted === undefined) throw new Error(`no such expectation: ${expected}`);
      return !passed && isVerdict && text.includes(wanted) ? undefined : `must fail with ${wanted}`;
  }
}

for (const row of rows) {
  const [file = '', address = '', mode = '', expected = ''] = row.split('\t');
  test(`${file} ${address} ${mode}: ${expected}`, async (t) => {
    const bytes = readFileSync(`${directory}${file}`);
    const verdict = await judge(t, bytes, { ...(address !== '' && { address }), mode });
    t.is(fault(verdict, expected), undefined, verdict.text);
  });
}
