// What the executables print on the documents of the demo: what a page may show of them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { fiveRanges, incidentDay, readDocument } from '../../demo/publications.ts';
import { twoRanges } from '../../demo/story.ts';
import { getNewest, run, runRaw, type Version } from './executables.ts';
import type { Block } from './markdown.ts';
import { publish } from './server.ts';
import { temporaryDirectory } from './temporary-directory.ts';

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
      IpRanges: fiveRanges.filter((cidr) => cidr !== '108.175.56.0/22').map((CidrIp) => ({ CidrIp })),
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
  const source = await sourceOn(t, incidentDay);
  const build = temporaryDirectory(t);
  for (const name of ['ranges', 'later', 'changes']) mkdirSync(join(build, name));
  const judge = async (rules: string, content: unknown) => {
    writeFileSync(join(build, rules), JSON.stringify(content));
    const { stderr } = await run('out', { source, params: { rules, ranges: 'ranges' } }, { args: [build] });
    return stderr;
  };
  const rulesFor = (destinations: readonly string[]) =>
    destinations.map((destination) => ({ protocol: 'tcp', destination, ports: '443' }));

  const checked = await run('check', { source });
  const [version] = JSON.parse(checked.stdout) as [Version];
  const got = await run('in', { source, version }, { args: [join(build, 'ranges')] });
  const [, rules = 'rules.json'] = shown.flatMap(({ text }) => /^error: ([\w-]+\.json)/m.exec(text) ?? []);
  const passed = await judge('rules.json', rulesFor(fiveRanges));
  await getNewest(t, await sourceOn(t, later), {}, join(build, 'later'));
  await runRaw('changes', '', { args: ['ranges', 'later', 'changes'].map((name) => join(build, name)) });
  const printed = [
    JSON.stringify(version),
    await judge(rules, rulesFor(twoRanges)),
    await judge('groups.json', { SecurityGroups: [groupWithPrefixList] }),
    `${checked.stderr}${JSON.stringify(version)}\n${got.stderr}${passed}`,
    readFileSync(join(build, 'changes/changes.slack.txt'), 'utf8'),
  ];
  return printed.map((text) => text.trimEnd());
}

/** What README.md selects where it shows what is printed, while AWS publishes a document of the demo. */
async function sourceOn(t: ExecutionContext, token: string): Promise<object> {
  return (await publish(t, readDocument(token).toString(), { ip_versions: [4] })).source;
}
