// Histories for tests of the replay, with as little to write as the test is about.
import { always, type Period } from '../../replay/period.ts';
import { type Reading, readHistory } from '../../replay/read-history.ts';
import { run } from '../../replay/run.ts';
import { type History, openHistory } from '../../replay/source-history.ts';
import { readFiles } from '../../replay/stored-files.ts';
import { parseDocument } from '../../src/ip-ranges/document.ts';
import { criteriaOf, documentBytes, prefix } from './ip-ranges.ts';

/** When a document was published, and the CIDRs that it lists for S3 in us-gov-west-1. */
export type DatedList = readonly [time: string, cidrs: readonly string[]];

/** The bytes of such a document. It has entries of another service and of another region, too. */
export function datedDocument([time, cidrs]: DatedList): Buffer {
  const prefixes = [
    '10.0.0.0/8 EC2 us-gov-west-1',
    '10.0.0.0/8 S3 us-east-1',
    ...cidrs.map((cidr) => `${cidr} S3 us-gov-west-1`),
  ];
  return documentBytes(prefixes.map(prefix), String(Date.parse(time) / 1000));
}

/** What a source makes of such documents. */
export function historyOf(
  lists: readonly DatedList[],
  source: Readonly<Record<string, unknown>> = {},
): History {
  const reader = openHistory(criteriaOf({ regions: ['us-gov-west-1'], allow_empty: true, ...source }));
  for (const list of lists) reader.add(parseDocument(datedDocument(list)));
  return reader.history();
}

/** Reads what is stored at a path for one source. */
export function readPath(
  path: string,
  source: Readonly<Record<string, unknown>> = {},
  period: Period = always,
): Promise<Reading> {
  return readHistory(readFiles(path), [criteriaOf(source)], period, () => undefined);
}

/** Runs the tool with these arguments. */
export async function replay(...args: readonly string[]) {
  const written = { stdout: '', stderr: '' };
  const writerTo = (stream: keyof typeof written) => ({
    write: (text: string) => {
      written[stream] += text;
    },
  });
  const status = await run(args, writerTo('stdout'), writerTo('stderr'));
  return { status, ...written };
}

const before = ['108.175.48.0/22', '108.175.56.0/22', '52.95.142.0/23', '52.95.144.0/24'];
const without = ['108.175.48.0/22', '108.175.56.0/22', '52.95.144.0/24'];

/** A list that goes and comes back, as AWS's did. */
export const february2021: readonly [DatedList, DatedList, DatedList] = [
  ['2021-02-15T12:00:00Z', before],
  ['2021-02-16T12:00:00Z', without],
  ['2021-02-23T12:00:00Z', before],
];

/** Its documents as files, each named by its token. */
export const februaryFiles = february2021.map((list) => {
  const token = String(Date.parse(list[0]) / 1000);
  return { token, name: `${token}.json`, body: datedDocument(list) };
});
