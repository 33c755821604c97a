// npm run replay -- PATH [--source FILE] [--svg FILE]: which builds a source would have started, and why.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { writeAll } from '../src/concourse/write.ts';
import { parseSource, type Source } from '../src/config/source.ts';
import { messageOf, show, UserError } from '../src/errors.ts';
import { describe } from '../src/selection/describe.ts';
import { type History, openHistory } from './documents-in-order.ts';
import { readFiles } from './files.ts';
import { openProgress } from './progress.ts';
import { report } from './report.ts';
import { timeline } from './timeline.ts';

const usage = `npm run replay -- PATH [--source FILE] [--svg FILE]

Applies check and in to the documents in PATH, in the order of their publication, and tells which builds Concourse
would have started and what each change of the list was.

  PATH           a folder, or a .tar.gz, of ip-ranges.json documents (*.json, *.json.gz)
  --source FILE  the resource's source as YAML or JSON; without it the default: S3 in all regions
  --svg FILE     where to draw the list over time
`;

try {
  await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  writeAll(2, `error: ${error.message}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { path, sourceFile, svgFile } = readArguments();
  const { criteria } = readSource(sourceFile);
  const history = await readHistory(path, criteria);
  const subject = describe(criteria);
  writeAll(1, `${report(history, subject).join('\n')}\n`);
  if (svgFile !== undefined) {
    writeFile(svgFile, timeline(history, subject));
    writeAll(2, `wrote ${svgFile}\n`);
  }
}

async function readHistory(path: string, criteria: Source['criteria']): Promise<History> {
  const progress = openProgress(process.stderr);
  const reader = openHistory(criteria);
  let documents = 0;
  try {
    for await (const file of readFiles(path)) {
      reader.add(file);
      progress.update(file.progress, ++documents);
    }
  } finally {
    progress.end();
  }
  if (documents === 0) throw new UserError(`${show(path)} holds no file named *.json or *.json.gz`);
  return reader.history();
}

function readArguments(): { path: string; sourceFile: string | undefined; svgFile: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { source: { type: 'string' }, svg: { type: 'string' } },
    });
    const [path, ...rest] = positionals;
    if (path === undefined || rest.length > 0) throw new UserError(`one PATH is needed\n\n${usage}`);
    return { path, sourceFile: values.source, svgFile: values.svg };
  } catch (error) {
    throw new UserError(error instanceof UserError ? error.message : `${messageOf(error)}\n\n${usage}`);
  }
}

function readSource(file: string | undefined): Source {
  if (file === undefined) return parseSource({});
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UserError(`--source ${file} cannot be read: ${messageOf(error)}`);
  }
  return parseSource(content);
}

function writeFile(file: string, content: string): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw new UserError(`--svg ${file} cannot be written: ${messageOf(error)}`);
  }
}
