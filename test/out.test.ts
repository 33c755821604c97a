// The guard from a get to a put: what in wrote decides, and nothing else.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { documentWith, incidentCidrs } from './helpers/documents.ts';
import { assertFailure, getNewest, run } from './helpers/executables.ts';
import { documentHandler, publish } from './helpers/server.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';

/** The document of the incident, got into `ranges`, and a guard for rules against it; another list is published since. */
async function setUp(t: ExecutionContext) {
  const { source, requests, serve } = await publish(t, undefined, { ip_versions: [4] });
  const sources = temporaryDirectory(t);
  const ranges = join(sources, 'ranges');
  mkdirSync(ranges);
  const { version } = await getNewest(t, source, {}, ranges);
  requests.length = 0;
  serve(documentHandler(documentWith('1725321189', ['1.2.3.0/24'])));
  const put = (rules: unknown, params = {}, more = {}) => {
    writeFileSync(join(sources, 'rules'), typeof rules === 'string' ? rules : JSON.stringify(rules));
    const request = {
      source: { ...source, ...more },
      params: { rules: 'rules', ranges: 'ranges', ...params },
    };
    return run('out', request, { args: [sources] });
  };
  return { version, requests, put };
}

/** The same rules as text, as JSON, and as Cloud Foundry has them, once wrapped. */
function forms(destinations: readonly string[]): unknown[] {
  const rules = destinations.map((destination) => ({ protocol: 'tcp', destination, ports: '443' }));
  return [destinations.join('\n'), destinations, rules, { rules }];
}

test('the incident: rules with two of the five ranges fail and name the other three', async (t) => {
  const { put } = await setUp(t);
  for (const rules of forms(['15.200.176.128/28', '15.200.28.240/28'])) {
    const outcome = await put(rules);
    assertFailure(
      t,
      outcome,
      /^error: rules leaves out 3 of 5 published CIDRs(?: for tcp 443|, ports not judged) \(S3, us-gov-west-1, IPv4, syncToken 1724938990\)\n/,
    );
    const missing = outcome.stderr.matchAll(/^ {2}missing {2}(\S+) +us-gov-west-1 {2}S3$/gm);
    t.deepEqual([...missing].map(([, cidr]) => cidr).sort(), incidentCidrs.slice(0, 3).sort());
  }
});

test('rules with all five ranges pass, without a request, and emit the version that was verified', async (t) => {
  const { put, version, requests } = await setUp(t);
  for (const rules of forms(incidentCidrs)) {
    const { code, stdout, stderr } = await put(rules);
    t.is(code, 0, stderr);
    t.regex(
      stderr,
      /^5 of 5 published CIDRs covered by rules.* \(S3, us-gov-west-1, IPv4, syncToken 1724938990\)\n$/,
    );
    t.deepEqual(JSON.parse(stdout).version, version);
    t.is(JSON.parse(stdout).metadata[0].name, 'publishedAt');
  }
  t.deepEqual(requests, []);
});
