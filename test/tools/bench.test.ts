// The command line of the benchmark: what takes minutes must not begin with a mistake.
import test from 'ava';
import { UserError } from '../../src/errors.ts';
import { chosen, readOptions } from '../../tools/bench/options.ts';

test('readOptions() has the runs of each scenario, and what is measured', (t) => {
  t.deepEqual(readOptions([], '/image/node'), {
    node: '/image/node',
    pairs: 20,
    quick: false,
    only: '',
    output: 'dist/bench.json',
  });
  t.is(readOptions(['--quick'])?.pairs, 5);
  t.is(readOptions(['--quick', '--pairs', '7'])?.pairs, 7);
  t.is(readOptions(['--node', 'a'], 'b')?.node, 'a');
  t.is(readOptions(['--help', '--pairs', 'x']), undefined);
});

test('readOptions() refuses numbers of runs that are none, and options that there are not', (t) => {
  for (const pairs of ['x', '0', '-1', '1.5', '1e2', '', ' 5', '0x5', 'NaN', 'Infinity']) {
    t.throws(() => readOptions([`--pairs=${pairs}`]), {
      instanceOf: UserError,
      message: `--pairs must be a whole number above zero, such as 20, not ${JSON.stringify(pairs)}`,
    });
  }
  t.throws(() => readOptions(['--pair', '5']), {
    instanceOf: UserError,
    message: /^Unknown option '--pair'/,
  });
});

test('chosen() picks scenarios by a part of their names, and names them all when none has it', (t) => {
  const scenarios = ['steady check, http', 'in, held list'].map((name) => ({ name }));
  t.deepEqual(chosen(scenarios, ''), scenarios);
  t.deepEqual(chosen(scenarios, 'held'), scenarios.slice(1));
  t.throws(() => chosen(scenarios, 'nothing-like-this'), {
    instanceOf: UserError,
    message:
      '--only "nothing-like-this" is in the name of no scenario; they are:\n  steady check, http\n  in, held list',
  });
});
