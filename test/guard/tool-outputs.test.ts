// The guard on what real tools printed: every row of tool-outputs/cases.tsv is judged as it says.
import { readFileSync } from 'node:fs';
import test from 'ava';
import { judge, type Verdict } from '../helpers/guard.ts';

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
