// The command line of the benchmark.
import { parseArgs } from 'node:util';
import { messageOf, show, UserError } from '../../src/errors.ts';
import type { Scenario } from './measure.ts';

export const usage = `npm run bench -- [--node PATH] [--pairs N] [--quick] [--only TEXT] [--output FILE]

  --node PATH    the image's Node, or IMAGE_NODE; without either the running Node stands in
  --pairs N      runs of each, 20 unless given
  --quick        5 runs of each, and a document of twice the size for one of ten times
  --only TEXT    only scenarios with this in their names, without the verdict on the targets
  --output FILE  the measurements as JSON, dist/bench.json unless given
  --help         this text`;

export interface Options {
  /** The image's Node, as it was given; empty for the running one. */
  readonly node: string;
  readonly pairs: number;
  readonly quick: boolean;
  /** What a scenario must have in its name; empty for all. */
  readonly only: string;
  readonly output: string;
}

/** Reads the arguments; undefined when help is wanted. Throws a UserError for what it does not know. */
export function readOptions(args: readonly string[], imageNode = ''): Options | undefined {
  const { help, node = imageNode, quick, pairs = quick ? '5' : '20', only, output } = parse(args);
  if (help) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(pairs)) {
    throw new UserError(`--pairs must be a whole number above zero, such as 20, not ${show(pairs)}`);
  }
  return { node, pairs: Number(pairs), quick, only, output };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        node: { type: 'string' },
        pairs: { type: 'string' },
        quick: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        output: { type: 'string', default: 'dist/bench.json' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UserError(`${messageOf(error)}\n\n${usage}`);
  }
}

/** The scenarios with the text in their names. Throws a UserError with all names when there is none. */
export function chosen<S extends Pick<Scenario, 'name'>>(scenarios: readonly S[], only: string): S[] {
  const found = scenarios.filter(({ name }) => name.includes(only));
  if (found.length > 0) return found;
  const names = scenarios.map(({ name }) => `\n  ${name}`).join('');
  throw new UserError(`--only ${show(only)} is in the name of no scenario; they are:${names}`);
}
