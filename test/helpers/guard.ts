// What the guard's tests share: a get's directory, and ways to put.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parseInParams } from '../../src/config/params.ts';
import { parseSource } from '../../src/config/source.ts';
import { UserError } from '../../src/errors.ts';
import { parseDocument } from '../../src/ip-ranges/document.ts';
import { put } from '../../src/out.ts';
import { renderFiles } from '../../src/outputs/render.ts';
import { versionOf } from '../../src/selection/held.ts';
import { select } from '../../src/selection/select.ts';
import { incident, incidentCidrsInOrder, incidentIpv6Cidrs } from './documents.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** S3 in us-gov-west-1 on 29 August 2024, in numeric order. */
export const five = incidentCidrsInOrder;

/** Two of them, `108.175.56.0/22` not among them. */
export const two = five.slice(0, 2);

/** S3 in us-gov-west-1 over IPv6 in the same document. */
export const six = incidentIpv6Cidrs;

/** A source that selects the five. */
export const govSource = { services: ['S3'], regions: ['us-gov-west-1'], ip_versions: [4] };

/** Writes files by their paths below a directory. */
export function writeFiles(directory: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}

/** Writes what a get writes for this source and document. */
export function writeRanges(directory: string, source: object = govSource, text = incident): void {
  const parsed = parseSource(source);
  const document = parseDocument(Buffer.from(text));
  const selection = select(document, parsed);
  const ranges = { version: versionOf(document, selection), document, selection, source: parsed };
  const files = renderFiles(ranges, parseInParams({ document: true }));
  writeFiles(directory, Object.fromEntries(files.map(({ name, bytes }) => [name, bytes])));
}

/** How a put in process ended. */
export interface Verdict {
  readonly passed: boolean;
  /** What people read: the line of success, or the error. */
  readonly text: string;
}

/** The get before a put, where it is not the one of the incident. */
interface Get {
  /** The source of the put. */
  readonly source?: object;
  /** The source of the get, where that is another. */
  readonly written?: object;
  readonly document?: string;
  /** What is done to the directory of the get, and to the file of the rules, before the put. */
  readonly tamper?: (ranges: string, rules: string) => void;
}

/**
 * Puts in process: rules, as text or as what is written in JSON, against the ranges of a get. Nothing but a UserError
 * may be thrown.
 */
export async function judge(
  t: ExecutionContext,
  rules: unknown,
  params: object = {},
  { source = govSource, written = source, document, tamper }: Get = {},
): Promise<Verdict> {
  const sources = temporaryDirectory(t);
  const content = typeof rules === 'string' || Buffer.isBuffer(rules) ? rules : JSON.stringify(rules);
  writeFiles(sources, { rules: content });
  writeRanges(join(sources, 'ranges'), written, document);
  tamper?.(join(sources, 'ranges'), join(sources, 'rules'));
  const lines: string[] = [];
  const add = (line: string) => lines.push(line);
  const log = { info: add, note: add, debug: () => undefined, error: add };
  try {
    await put({ source, params: { rules: 'rules', ranges: 'ranges', ...params } }, sources, {
      log,
      now: () => Date.UTC(2026, 10, 27),
    });
    return { passed: true, text: lines.join('\n') };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { passed: false, text: error.message };
  }
}

/** The CIDRs that a verdict has lines for as missing, or with another word in its first column. */
export function missingIn({ text }: Verdict, word = 'missing'): string[] {
  return [...text.matchAll(new RegExp(`^ {2}${word} {2}(\\S+)`, 'gm'))].map((match) => match[1] ?? '');
}

/** What rules come to. */
type Expected =
  /** The CIDRs that they leave out; none: they pass. */
  | readonly string[]
  /** The CIDRs that are undecided, and words about what keeps them so: a place, what is open there, the way out. */
  | { readonly open: readonly string[]; readonly because: string }
  /** An error of one line: how it starts, or what it is like. */
  | string
  | RegExp;

/** All five are undecided, or those that are given. */
export function undecided(because: string, open: readonly string[] = five): Expected {
  return { open, because };
}

/** They are undecided because the plan leaves something open. */
export function openUntilApply(place: string, open?: readonly string[]): Expected {
  return undecided(`${place} is known only after apply`, open);
}

/** Rules, and what they come to with these params. */
export type Row = readonly [expected: Expected, rules: unknown, params?: object | undefined];

/** Asserts what each of many rules comes to. */
export async function judgeRows(t: ExecutionContext, rows: readonly Row[]): Promise<void> {
  for (const [expected, rules, params] of rows) {
    const verdict = await judge(t, rules, params);
    const { passed, text } = verdict;
    if (typeof expected === 'string' || expected instanceof RegExp) {
      const isSo = typeof expected === 'string' ? text.startsWith(expected) : expected.test(text);
      t.true(isSo && !passed && !text.includes('\n'), `${text}\nis not ${expected}`);
    } else if ('open' in expected) {
      t.regex(text, /^undecided whether rules/);
      t.deepEqual(missingIn(verdict, 'undecided'), [...expected.open], text);
      const [, because = ''] = text.split('\n  undecided because:\n');
      t.true(because.includes(expected.because), text);
    } else {
      t.is(passed, expected.length === 0, text);
      t.deepEqual(missingIn(verdict), [...expected], text);
      if (passed) t.regex(text, passing);
    }
  }
}

const passing =
  /^5 of 5 published CIDRs covered by rules.* \(S3, us-gov-west-1, IPv4, syncToken 1724938990\)$/m;

/** A test for each of many rules, judged with these params. */
export function testRows(params: object, rows: readonly (readonly [title: string, ...row: Row])[]): void {
  for (const [title, expected, rules, own] of rows) {
    test(title, (t) => judgeRows(t, [[expected, rules, { ...params, ...own }]]));
  }
}
