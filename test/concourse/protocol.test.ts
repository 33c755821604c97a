// What comes in on stdin, and what goes out on stderr.

import test from 'ava';
import { type Call, run } from '../../src/concourse/run.ts';
import { UserError } from '../../src/errors.ts';
import { assertFailure, runRaw } from '../helpers/executables.ts';

const bottomless = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
const tooDeep = /^error: stdin nests values more than 64 levels deep, which no request of Concourse does\n$/;

/** What is no request; the last ones are attacks on recursive code. */
const faults: [title: string, stdin: string, pattern: RegExp][] = [
  [
    'nothing',
    '',
    /stdin is empty; Concourse sends a JSON object such as \{"source": \{\.\.\.\}, "version": /,
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

test('messages have colours unless NO_COLOR is set and not empty', async (t) => {
  for (const [env, hasColours] of [
    [{}, true],
    [{ NO_COLOR: '' }, true],
    [{ NO_COLOR: '1' }, false],
    [{ NO_COLOR: 'false' }, false],
  ] as const) {
    let text = '';
    const write = (line: string) => {
      text += line;
    };
    const output = { write, flushed: async () => undefined };
    const clock = { now: Date.now, wait: async () => undefined, random: Math.random };
    const streams = { readStdin: async () => '{"source": {"debug": true}}', stdout: output, stderr: output };
    const command = ({ log }: Call) => {
      log.note('a note');
      throw new UserError('an error');
    };
    t.is(await run({ command }, { args: [], env, ...streams, clock }), 1);
    const plain = 'note: a note\nerror: an error\ndebug: ';
    const colour = (code: number, words: string) => `\u001b[${code}m${words}`;
    const coloured = `${colour(33, 'note:')}${colour(0, ' a note\n')}${colour(31, 'error:')}${colour(0, ' an error\n')}${colour(2, 'debug: ')}`;
    t.true(text.startsWith(hasColours ? coloured : plain), JSON.stringify(env));
  }
});
