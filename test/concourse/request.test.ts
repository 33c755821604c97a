// What comes in on stdin, and what goes out on stderr.
import test from 'ava';
import { assertFailure, runRaw } from '../helpers/executables.ts';

test('an attack: bottomless JSON is refused in one sentence', async (t) => {
  const depth = 1_000_000;
  for (const bottomless of [
    '['.repeat(depth) + ']'.repeat(depth),
    `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
  ]) {
    for (const stdin of [bottomless, `{"source": ${bottomless}}`, `{"source": {"regions": ${bottomless}}}`]) {
      assertFailure(
        t,
        await runRaw('check', stdin),
        /^error: stdin nests values more than 64 levels deep, which no request of Concourse does\n$/,
      );
    }
  }
});

test('a text without a bracket that closes is no JSON, however deep it goes', async (t) => {
  assertFailure(
    t,
    await runRaw('check', '['.repeat(4_000_000)),
    /^error: stdin is not JSON: it starts with "\["; .*\n$/,
  );
});

test('what goes to stderr is ASCII: a character of several bytes at the border of two chunks broke builds of Concourse', async (t) => {
  const request = '{"source": {"regions": ["us-g\u00fc-*"], "timeout": "1 \u{1f552}"}}';
  const outcome = await runRaw('check', request);
  t.is(outcome.code, 1);
  t.regex(outcome.stderr, /\\u/);
  t.true(Buffer.from(outcome.stderr).every((byte) => byte < 0x80));
});
