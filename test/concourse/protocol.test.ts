// What comes in on stdin, and what goes out on stderr.

import test from 'ava';
import { run } from '../../src/concourse/run.ts';
import { UserError } from '../../src/errors.ts';
import { assertFailure, runRaw } from '../helpers/executables.ts';

const bottomless = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
const tooDeep = /^error: stdin nests values more than 64 levels deep, which no request of Concourse does\n$/;

/** What is no request; the last ones are attacks on recursive code. */
const faults: [title: string, stdin: string, pattern: RegExp][] = [
  [
    'nothing',
    '',
    /stdin is empty; Concourse sends a JSON object such as \{"source": \{\.\.\.\}, "version": null\}\n$/,
  ],
  ['white space', ' \n', /stdin is empty/],
  ['a list', '[]', /stdin holds a list where a JSON object with the key "source" belongs\n$/],
  ['null', 'null', /stdin holds null where/],
  ['a string', '"source"', /stdin holds a string where/],
  ['YAML', 'source: {}', /stdin is not JSON: it starts with "s"; Concourse sends an object such as/],
  ['half an object', '{"source":', /stdin is not JSON/],
  ['lists without end', '['.repeat(4_000_000), /^error: stdin is not JSON: it starts with "\["; .*\n$/],
  ['lists in lists', bottomless, tooDeep],
  ['lists in a source', `{"source": {"regions": ${bottomless}}}`, tooDeep],
  ['objects in objects', `${'{"a":'.repeat(1_000_000)}1${'}'.repeat(1_000_000)}`, tooDeep],
];

for (const [title, stdin, pattern] of faults) {
  test(`stdin with ${title} is refused in one sentence`, async (t) => {
    assertFailure(t, await runRaw('check', stdin), pattern);
  });
}

test('what goes to stderr is ASCII: a character of several bytes at the border of two chunks broke builds of Concourse', async (t) => {
  const request = '{"source": {"regions": ["us-g\u00fc-*"], "timeout": "1 \u{1f552}"}}';
  const outcome = await runRaw('check', request);
  t.is(outcome.code, 1);
  t.regex(outcome.stderr, /\\u/);
  t.true(Buffer.from(outcome.stderr).every((byte) => byte < 0x80));
});

const cases: [env: Record<string, string>, hasColours: boolean][] = [
  [{}, true],
  [{ NO_COLOR: '' }, true],
  [{ NO_COLOR: '1' }, false],
  [{ NO_COLOR: 'false' }, false],
];

for (const [env, hasColours] of cases) {
  test(`messages ${hasColours ? 'have' : 'lack'} colours with the environment ${JSON.stringify(env)}`, async (t) => {
    for (const request of ['{"source": {"debug": true}}', 'no request']) {
      const lines: string[] = [];
      const output = { write: () => undefined, flushed: async () => undefined };
      const command = ({ log }: { log: { note(line: string): void } }) => {
        log.note('a note');
        throw new UserError('an error');
      };
      const code = await run(
        { command },
        {
          args: [],
          env,
          readStdin: async () => request,
          stdout: output,
          stderr: { ...output, write: (text) => lines.push(text) },
          clock: { now: Date.now, wait: async () => undefined, random: Math.random },
        },
      );
      t.is(code, 1);
      t.regex(lines.join(''), /error:/);
      t.is(lines.join('').includes('\u001b['), hasColours);
    }
  });
}
