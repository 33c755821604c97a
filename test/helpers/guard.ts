// What the guard's tests share: a get's directory, and ways to put.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Metadatum } from '../../src/concourse/types.ts';
import { parseInParams } from '../../src/config/params.ts';
import { parseSource } from '../../src/config/source.ts';
import { UserError } from '../../src/errors.ts';
import type { RulesFile } from '../../src/guard/rules-file.ts';
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

/** A rules file whose bytes are at hand. */
export function rulesFileOf(bytes: Buffer): RulesFile {
  return { name: 'rules', bytes };
}

/** How a put in process ended. */
export interface Verdict {
  readonly passed: boolean;
  /** What people read: the line of success, or the error. */
  readonly text: string;
  readonly metadata: readonly Metadatum[];
}

/**
 * Puts in process: rules, as text or as what is written in JSON, against the ranges of a get. Nothing but a UserError
 * may be thrown.
 */
export async function judge(
  t: ExecutionContext,
  rules: unknown,
  params: object = {},
  source: object = govSource,
): Promise<Verdict> {
  const sources = temporaryDirectory(t);
  const content = typeof rules === 'string' || Buffer.isBuffer(rules) ? rules : JSON.stringify(rules);
  writeFiles(sources, { rules: content });
  writeRanges(join(sources, 'ranges'), source);
  const lines: string[] = [];
  const log = {
    info: (line: string) => lines.push(line),
    note: (line: string) => lines.push(line),
    debug: () => undefined,
    error: (line: string) => lines.push(line),
  };
  try {
    const { metadata } = await put(
      { source, params: { rules: 'rules', ranges: 'ranges', ...params } },
      sources,
      { log, now: () => Date.UTC(2026, 10, 27) },
    );
    return { passed: true, text: lines.join('\n'), metadata };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { passed: false, text: error.message, metadata: [] };
  }
}

/** The CIDRs that a verdict has lines for as missing, or with another word in its first column. */
export function missingIn({ text }: Verdict, word = 'missing'): string[] {
  return [...text.matchAll(new RegExp(`^ {2}${word} {2}(\\S+)`, 'gm'))].map((match) => match[1] ?? '');
}

/** The CIDRs under a heading of a verdict. */
export function listedUnder({ text }: Verdict, heading: string): string[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`  ${heading}`)) + 1;
  if (start === 0) return [];
  const rest = lines.slice(start);
  const end = rest.findIndex((line) => !line.startsWith('    '));
  return rest.slice(0, end === -1 ? undefined : end).map((line) => line.trim());
}

/** Asserts that rules pass, with all five covered. */
export async function passes(t: ExecutionContext, rules: unknown, params: object = {}): Promise<void> {
  const verdict = await judge(t, rules, params);
  t.regex(
    verdict.text,
    /^5 of 5 published CIDRs covered by rules.* \(S3, us-gov-west-1, IPv4, syncToken 1724938990\)$/m,
  );
  t.true(verdict.passed);
}

/** Asserts that rules leave out exactly these. */
export async function leavesOut(
  t: ExecutionContext,
  cidrs: readonly string[],
  rules: unknown,
  params: object = {},
): Promise<void> {
  const verdict = await judge(t, rules, params);
  t.false(verdict.passed);
  t.deepEqual(missingIn(verdict), [...cidrs], verdict.text);
}

/**
 * Asserts that the verdict is undecided on exactly these, and on nothing else; `because` matches a place, what is open
 * there and the way out.
 */
export async function leavesOpen(
  t: ExecutionContext,
  cidrs: readonly string[],
  because: RegExp,
  rules: unknown,
  params: object = {},
): Promise<void> {
  const verdict = await judge(t, rules, params);
  t.false(verdict.passed);
  t.regex(verdict.text, /^undecided whether rules/);
  t.deepEqual(missingIn(verdict, 'undecided'), [...cidrs], verdict.text);
  t.regex(listedUnder(verdict, 'undecided because').join('\n'), because);
}

/** Asserts that `mode: exact` names exactly these rules as beyond the five, and that `mode: covers` lets them pass. */
export async function goesBeyond(
  t: ExecutionContext,
  cidrs: readonly string[],
  rules: unknown,
  params: object = {},
): Promise<void> {
  await passes(t, rules, params);
  const verdict = await judge(t, rules, { mode: 'exact', ...params });
  t.false(verdict.passed);
  const named = listedUnder(verdict, 'beyond the published CIDRs').map((line) => line.split(' has ')[1]);
  t.deepEqual(named, [...cidrs], verdict.text);
}

/** Asserts that rules cannot be read, with an error of one line. */
export async function refuses(
  t: ExecutionContext,
  message: string | RegExp,
  rules: unknown,
  params: object = {},
): Promise<void> {
  const { passed, text } = await judge(t, rules, params);
  t.false(passed);
  if (typeof message === 'string') t.is(text, message);
  else t.regex(text, message);
  t.notRegex(text, /\n/);
}

/** What rules come to: the CIDRs that they leave out (none: they pass), what they leave open and why, or the words of a refusal. */
export type Expected =
  | readonly string[]
  | { readonly open: readonly string[]; readonly because: RegExp }
  | RegExp
  | string;

/** Asserts what each of many rules comes to. */
export async function judgeRows(
  t: ExecutionContext,
  rows: readonly (readonly [expected: Expected, rules: unknown, params?: object])[],
): Promise<void> {
  for (const [expected, rules, params] of rows) {
    if (typeof expected === 'string' || expected instanceof RegExp) await refuses(t, expected, rules, params);
    else if ('open' in expected) await leavesOpen(t, expected.open, expected.because, rules, params);
    else if (expected.length === 0) await passes(t, rules, params);
    else await leavesOut(t, expected, rules, params);
  }
}
