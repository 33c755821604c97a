// What the guard's tests share: the document of the incident, a get's directory, and ways to put.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { parseInParams } from '../../src/config/params.ts';
import { parseSource } from '../../src/config/source.ts';
import { UserError } from '../../src/errors.ts';
import { parseDocument } from '../../src/ip-ranges/document.ts';
import { put } from '../../src/out.ts';
import type { Metadatum } from '../../src/outputs/metadata.ts';
import { renderFiles } from '../../src/outputs/render.ts';
import { versionOf } from '../../src/selection/digest.ts';
import { select } from '../../src/selection/select.ts';

/** S3 in us-gov-west-1 on 29 August 2024, in numeric order. */
export const five = [
  '15.200.28.240/28',
  '15.200.176.128/28',
  '108.175.48.0/22',
  '108.175.56.0/22',
  '136.18.0.0/23',
];

/** Two of them, `108.175.56.0/22` not among them. */
export const two = five.slice(0, 2);

/** S3 in us-gov-west-1 over IPv6 in the same document. */
export const six = ['2600:1f68:2000::/40', '2600:1fa0:2000::/40'];

const entry = (cidr: string, service: string, region: string) => ({
  [cidr.includes(':') ? 'ipv6_prefix' : 'ip_prefix']: cidr,
  region,
  service,
  network_border_group: region,
});

/** The document of the incident, with entries of other services and regions beside those of S3 in us-gov-west-1. */
export const incidentDocument = JSON.stringify({
  syncToken: '1724938990',
  createDate: '2024-08-29-13-43-10',
  prefixes: [
    ...five.map((cidr) => entry(cidr, 'AMAZON', 'us-gov-west-1')),
    entry('52.216.0.0/15', 'S3', 'us-east-1'),
    ...five.toReversed().map((cidr) => entry(cidr, 'S3', 'us-gov-west-1')),
  ],
  ipv6_prefixes: six.map((cidr) => entry(cidr, 'S3', 'us-gov-west-1')),
});

/** A source that selects the five. */
export const govSource = { services: ['S3'], regions: ['us-gov-west-1'], ip_versions: [4] };

/** A directory that the test removes. */
export function temporaryDirectory(t: ExecutionContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'guard-test-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Writes files by their paths below a directory. */
export function writeFiles(directory: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}

/** Writes what a get writes for this source and document. */
export function writeRanges(directory: string, source: object = govSource, text = incidentDocument): void {
  const { criteria, versionOn } = parseSource(source);
  const document = parseDocument(Buffer.from(text));
  const selection = select(document, criteria);
  const ranges = { version: versionOf(document, selection), document, selection, criteria, versionOn };
  const files = renderFiles(ranges, parseInParams({}));
  writeFiles(directory, Object.fromEntries(files.map(({ name, bytes }) => [name, bytes])));
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
  const unreachable = () => {
    throw new Error('a put with ranges reaches nothing outside');
  };
  try {
    const { metadata } = await put(
      { source, params: { rules: 'rules', ranges: 'ranges', ...params } },
      sources,
      {
        log,
        now: () => 1_724_938_990_000,
        openDocuments: unreachable,
        openMemory: unreachable,
      },
    );
    return { passed: true, text: lines.join('\n'), metadata };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { passed: false, text: error.message, metadata: [] };
  }
}

/** The CIDRs that a verdict has lines for as missing. */
export function missingIn({ text }: Verdict): string[] {
  return [...text.matchAll(/^ {2}missing {2}(\S+)/gm)].map((match) => match[1] ?? '');
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
  t.is(verdict.text, '5 of 5 published CIDRs covered (S3, us-gov-west-1, IPv4, syncToken 1724938990)');
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

/** Asserts that `mode: exact` finds exactly these beyond the five, and that `mode: covers` lets them pass. */
export async function goesBeyond(
  t: ExecutionContext,
  cidrs: readonly string[],
  rules: unknown,
  params: object = {},
): Promise<void> {
  await passes(t, rules, params);
  const verdict = await judge(t, rules, { mode: 'exact', ...params });
  t.false(verdict.passed);
  t.deepEqual(listedUnder(verdict, 'beyond the published CIDRs'), [...cidrs], verdict.text);
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

/** How an executable ended; stderr without colours. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built out as Concourse does. */
export async function runOut(request: object, sources: string): Promise<Outcome> {
  const path = fileURLToPath(new URL('../../dist/out', import.meta.url));
  const child = spawn(path, [sources], { env: { PATH: process.env['PATH'] } });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (part: string) => {
      text[name] += part;
    });
  }
  child.stdin.end(JSON.stringify(request));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  return { code, stdout: text.stdout, stderr: text.stderr.replace(/\u001b\[\d+m/g, '') };
}

/** Serves a document on loopback until the test ends. Resolves to its URL. */
export async function serveDocument(t: ExecutionContext, text = incidentDocument): Promise<string> {
  const server = createServer((_, response) => response.end(text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ip-ranges.json`;
}
