// The command line of a replay.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { parseSource, type Source } from '../src/config/source.ts';
import { messageOf, UserError } from '../src/errors.ts';
import { fileFault } from '../src/files/fault.ts';
import { type Period, parsePeriod } from './period.ts';

/** The history that the repository carries, and the source whose years it shows (demo/README.md). */
const carriedHistory = 'demo/history.tar.gz';
const carriedSource = { services: ['S3'], regions: ['us-gov-west-1'], ip_versions: [4] };

export const usage = `npm run replay -- [PATH] [--source FILE]... [--since DATE] [--until DATE] [--json]

Applies check to ip-ranges.json documents that were kept, in the order of their publication. It prints how many builds
each version_on would have started, and what came and went when.

  PATH           a folder or an archive (.tar, .tar.gz, .tgz) of documents, or one document: *.json, *.json.gz, or the
                 bundles that in writes. Without it: nine years of S3 in the us-gov regions, which the repository
                 carries (demo/README.md)
  --source FILE  a source of the resource as YAML or JSON; several are judged in one pass. Without it: the default of the
                 resource (S3 in all regions), or without PATH S3 in us-gov-west-1, IPv4
  --since DATE   the first year, month, day or time (2024, 2024-08, 2024-08-29, 2024-08-29T13:43Z) or syncToken
  --until DATE   the last one
  --json         the report as JSON, without lines that show progress
  --help         this text
`;

/** A source to judge. */
export interface Candidate {
  /** The file that it comes from, if it comes from one. */
  readonly file: string | undefined;
  readonly source: Source;
}

export interface Arguments {
  readonly path: string;
  readonly candidates: readonly Candidate[];
  readonly period: Period;
  readonly json: boolean;
}

/** Reads the arguments and the source files; undefined when help is wanted. Throws a UserError for what it does not know. */
export function readArguments(args: readonly string[]): Arguments | undefined {
  const { values, positionals } = parseOptions(args);
  if (values.help === true) return undefined;
  const [path, ...rest] = positionals;
  if (rest.length > 0) throw new UserError(`one PATH at most, not ${positionals.length}\n\n${usage}`);
  const files = values.source ?? [];
  const candidates =
    files.length > 0
      ? files.map((file) => ({ file, source: readSource(file) }))
      : [{ file: undefined, source: parseSource(path === undefined ? carriedSource : {}) }];
  return {
    path: path ?? carriedHistory,
    candidates,
    period: parsePeriod(values.since, values.until),
    json: values.json === true,
  };
}

function parseOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        source: { type: 'string', multiple: true },
        since: { type: 'string' },
        until: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UserError(`${messageOf(error)}\n\n${usage}`);
  }
}

function readSource(file: string): Source {
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UserError(`--source ${file} cannot be read: ${fileFault(error)}`);
  }
  return parseSource(content);
}
