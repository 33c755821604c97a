import test from 'ava';
import { run } from '../../src/concourse/run.ts';
import { UserError } from '../../src/errors.ts';

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
