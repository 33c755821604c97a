// What the executables print on the documents of the demo: what a page may show of them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { incidentDay, readDocument } from '../../demo/publications.ts';
import { check, readFiles, run, runRaw, succeed, type Version } from './executables.ts';
import type { Block } from './markdown.ts';
import { documentHandler, startServer } from './server.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** What README.md selects where it shows what is printed. */
const selection = { services: ['S3'], regions: ['us-gov-west-1'], ip_versions: [4] };

/** The two ranges that are left in the incident as the demo shows it. */
const twoRanges = ['108.175.48.0/22', '136.18.0.0/23'];

/** A security group as the AWS CLI describes it: four of the five ranges, and a prefix list that is not in the file. */
const groupWithPrefixList = {
  GroupName: 's3-egress',
  GroupId: 'sg-0123456789abcdef0',
  IpPermissionsEgress: [
    {
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      UserIdGroupPairs: [],
      IpRanges: ['15.200.28.240/28', '15.200.176.128/28', '108.175.48.0/22', '136.18.0.0/23'].map(
        (CidrIp) => ({ CidrIp }),
      ),
      Ipv6Ranges: [],
      PrefixListIds: [{ PrefixListId: 'pl-0123456789abcdef0' }],
    },
  ],
};

/** A publication of two years after the incident, with two ranges more. */
const later = '1787271425';

/**
 * What is printed on 29 August 2024: the version, the guard's verdict on two of five ranges and on a group that it cannot decide,
 * what check, in and out print one after the other, and what a chat gets two years later. A page chooses the name of the rules file.
 */
export async function printedByExecutables(t: ExecutionContext, shown: readonly Block[]): Promise<string[]> {
  const { url } = await startServer(t, documentHandler(readDocument(incidentDay)));
  const source = { ...selection, url };
  const build = temporaryDirectory(t);
  mkdirSync(join(build, 'ranges'));

  const checked = await run('check', { source });
  const [version] = JSON.parse(checked.stdout) as [Version];
  const got = await run('in', { source, version }, { args: [join(build, 'ranges')] });
  const judge = async (rules: string, content: unknown) => {
    writeFileSync(join(build, rules), JSON.stringify(content));
    const { stderr } = await run('out', { source, params: { rules, ranges: 'ranges' } }, { args: [build] });
    return stderr;
  };
  const rulesFor = (destinations: readonly string[]) =>
    destinations.map((destination) => ({ protocol: 'tcp', destination, ports: '443' }));
  const [, rules = 'rules.json'] = shown.flatMap(({ text }) => /^error: ([\w-]+\.json)/m.exec(text) ?? []);
  const cidrs = readFiles(join(build, 'ranges'))['cidrs.txt']?.trim().split('\n') ?? [];
  const passed = await judge('rules.json', rulesFor(cidrs));
  const printed = [
    JSON.stringify(version),
    await judge(rules, rulesFor(twoRanges)),
    await judge('groups.json', { SecurityGroups: [groupWithPrefixList] }),
    `${checked.stderr}${JSON.stringify(version)}\n${got.stderr}${passed}`,
    await changesUntilLater(t, build),
  ];
  return printed.map((text) => text.trimEnd());
}

/** changes.slack.txt of the get in `ranges` of the build and one of two years later. */
async function changesUntilLater(t: ExecutionContext, build: string): Promise<string> {
  const { url } = await startServer(t, documentHandler(readDocument(later)));
  const source = { ...selection, url };
  for (const name of ['later', 'changes']) mkdirSync(join(build, name));
  const version = await check(t, { source });
  await succeed(t, 'in', { source, version }, join(build, 'later'));
  await runRaw('changes', '', { args: ['ranges', 'later', 'changes'].map((name) => join(build, name)) });
  return readFileSync(join(build, 'changes/changes.slack.txt'), 'utf8');
}
