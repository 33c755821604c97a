// The guard on what real tools printed: every row of tool-outputs/cases.tsv is judged as it says.
import { readFileSync } from 'node:fs';
import test from 'ava';
import { judge, type Verdict } from '../helpers/guard.ts';

const directory = 'test/guard/tool-outputs/';
const rows = readFileSync(`${directory}cases.tsv`, 'utf8').trimEnd().split('\n').slice(1);

const isRefused = ({ passed, text }: Verdict) => !passed && text.length >= 40;
const isUndecided = ({ text }: Verdict) => text.startsWith('undecided whether');

/** What each expectation without words of its own demands. */
const demands: Readonly<Record<string, (verdict: Verdict) => boolean>> = {
  pass: ({ passed }) => passed,
  refuse: isRefused,
  'refuse-or-fail': isRefused,
  'not-pass': isRefused,
  'pass-or-refuse': (verdict) => verdict.passed || isUndecided(verdict),
  noted: ({ passed, text }) => !passed || text.includes('last refresh'),
};

for (const row of rows) {
  const [file = '', address = '', mode = '', expected = ''] = row.split('\t');
  test(`${file} ${address} ${mode}: ${expected}`, async (t) => {
    const bytes = readFileSync(`${directory}${file}`);
    const verdict = await judge(t, bytes, { ...(address !== '' && { address }), mode });
    const { passed, text } = verdict;
    const [, words] = /^fail:(.+)$/.exec(expected) ?? [];
    const isVerdict = isUndecided(verdict) || / leaves out | allows \d+ CIDRs? beyond /.test(text);
    const isMet =
      words === undefined ? demands[expected]?.(verdict) : !passed && isVerdict && text.includes(words);
    t.true(isMet, text);
  });
}
