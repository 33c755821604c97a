// Which builds a source would have started, and why. See arguments.ts for the options.
import type { Output } from '../src/concourse/write.ts';
import { show, UserError } from '../src/errors.ts';
import { describe } from '../src/selection/keys.ts';
import { type Arguments, type Candidate, readArguments, usage } from './arguments.ts';
import { jsonReport } from './json-report.ts';
import { type Reading, readHistory } from './read-history.ts';
import { report, reportReading } from './report.ts';
import type { History } from './source-history.ts';
import { readFiles } from './stored-files.ts';

type Writer = Pick<Output, 'write'>;

/** Prints the report, or why there is none. Resolves with the exit code. */
export async function run(args: readonly string[], stdout: Writer, stderr: Writer): Promise<0 | 1> {
  try {
    const asked = readArguments(args);
    if (asked === undefined) stdout.write(usage);
    else await replay(asked, stdout, stderr);
    return 0;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    stderr.write(`error: ${error.message}\n`);
    return 1;
  }
}

async function replay(
  { path, candidates, period, json }: Arguments,
  stdout: Writer,
  stderr: Writer,
): Promise<void> {
  const criteria = candidates.map(({ source }) => source);
  const tell = (share: number, files: number) => {
    if (!json && files % 500 === 0) stderr.write(`${Math.floor(share * 100)} %, ${files} documents\n`);
  };
  const reading = await readHistory(readFiles(path), criteria, period, tell);
  requireDocuments(reading, path);
  const judged = candidates.map((candidate, index) => judge(candidate, reading.histories[index]));
  for (const { candidate, history } of judged) requireSomeAnswer(candidate, history);

  stdout.write(json ? jsonReport(reading, judged) : textReport(reading, judged));
  if (reading.cut !== undefined) {
    throw new UserError(`${reading.cut}; the report is about the ${reading.files} files before that`);
  }
}

/** A source with its history, and its selection in words. */
function judge(candidate: Candidate, history: History | undefined) {
  if (history === undefined) throw new Error('a source without a history');
  return { candidate, history, subject: describe(candidate.source) };
}

function textReport(reading: Reading, judged: readonly ReturnType<typeof judge>[]): string {
  const parts = [...judged.map(({ history, subject }) => report(history, subject)), reportReading(reading)];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function requireDocuments({ histories, files, strangers, outside }: Reading, path: string): void {
  if (files === 0) throw new UserError(`${show(path)} holds no file named *.json or *.json.gz`);
  if (histories.some(({ publications, refusals }) => publications.length + refusals.length > 0)) return;
  const [stranger] = strangers;
  if (outside > 0) {
    throw new UserError(
      `none of the ${outside} documents in ${show(path)} is of the time that was asked for`,
    );
  }
  throw new UserError(
    `${show(path)} holds no document: ${stranger?.name} cannot be one: ${stranger?.reason}`,
  );
}

/** A mistyped region is a mistake, however many documents do not know it. */
function requireSomeAnswer({ file }: Candidate, { publications, refusals }: History): void {
  const newest = refusals.at(-1);
  if (publications.length > 0 || newest === undefined) return;
  const place = file === undefined ? '' : ` (--source ${file})`;
  throw new UserError(
    `check would have failed at every one of ${refusals.length} publications${place}, at the last with: ${newest.reason}`,
  );
}
