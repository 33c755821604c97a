// What a file is that holds no rules in a form that the guard reads, and how to write one: people name the nearest file.
import { isUtf8 } from 'node:buffer';
import { UserError } from '../errors.ts';
import { isObject } from './json-place.ts';
import type { RulesFile } from './rules-file.ts';

/** The text of a file, without a byte order mark. Throws a UserError for an archive, another encoding, and what is no text. */
export function textOf({ bytes, name }: RulesFile): string {
  const mark = bytes.toString('latin1', 0, 2);
  if (mark === 'PK') {
    throw new UserError(
      `${name} is a ZIP archive; if it is a saved plan, write its JSON with terraform show -json and name that file`,
    );
  }
  if (mark === '\xff\xfe' || mark === '\xfe\xff') {
    throw new UserError(`${name} is UTF-16 text, as PowerShell writes it; convert it to UTF-8`);
  }
  if (!isUtf8(bytes)) {
    throw new UserError(`${name} is not UTF-8 text; name a file of rules, not a binary one`);
  }
  return bytes.toString().replace(/^\u{feff}/u, '');
}

/** Members that mark an item of IpRanges, Ipv6Ranges, PrefixListIds or UserIdGroupPairs. */
const partMarks = ['CidrIp', 'CidrIpv6', 'PrefixListId', 'UserId'];

/**
 * Throws a UserError for what --query leaves when it reaches into the permissions of a security group: destinations without
 * their protocol and ports, as objects.
 */
export function refusePartOfPermission(content: unknown, file: string): void {
  let item = content;
  while (Array.isArray(item)) item = item[0];
  if (!isObject(item) || !partMarks.some((mark) => mark in item)) return;
  throw new UserError(
    `${file} holds a part of a security group's permissions, without protocol and ports; print them whole, such as ` +
      "--query 'SecurityGroups[0].IpPermissionsEgress'",
  );
}

const asJson = 'run the command with --output json';
const showJson = 'write it with terraform show -json';

/**
 * Patterns that identify files of other kinds, each with what it is and the way out; the first that matches counts. In none do two
 * parts match the same characters, or the line ends after every line's start: backtracking over thousands of lines takes minutes.
 */
const outputs: readonly (readonly [mark: RegExp, what: string, wayOut: string])[] = [
  [/^[^\n{[]*\n\{"format_version"/, 'JSON with a line of a log before it', 'write the JSON alone'],
  [
    /^(\/\/|[#;]).*\n[ \t]*[{[][ \t]*["{\n]/,
    'JSON with a comment before it',
    'JSON has no comments: write the JSON alone',
  ],
  [/^[\w ].*\n[ \t]*[{[][ \t]*["{\n]/, 'JSON with other text before it', 'write the JSON alone'],
  [/^- ['"]?[0-9a-f.:]+\/\d+['"]?[ \t\r]*(\n|$)/i, 'a list in YAML', 'write it as JSON, or a CIDR a line'],
  [
    /^Getting (info for )?security groups?\b/m,
    'the text of cf security-group',
    'write JSON with cf curl "/v3/security_groups?names=NAME"',
  ],
  [/^FAILED$/m, 'the text of a cf command that failed', 'see what it says, and run it again'],
  [
    /^[ \t]*name:?\s+\S+\s+rules:?\s/im,
    'the text of cf security-group',
    'write JSON with cf curl "/v3/security_groups?names=NAME"',
  ],
  [
    /^(# \S.*:$|(Terraform|OpenTofu) (used|will)\b|No changes\.|Plan: \d|Changes to Outputs:|Outputs:$|resource "|data ")/m,
    'the text of terraform show or plan',
    showJson,
  ],
  [
    /^\s*<(!doctype|html|\?xml|[a-z]+[ >/])/i,
    'a page of HTML or XML',
    'see what the command that wrote it was answered',
  ],
  [/^[A-Z]{4,}(\t|$)/m, 'the text output of the AWS CLI', asJson],
  [/^\+?-{4}[-+]*[ \t\r]*\n[ \t]*\|/m, 'a table, as --output table of the AWS CLI prints it', asJson],
  [/^An error occurred \(/m, 'the error of an AWS CLI command', 'see what it says, and run it again'],
  [
    /^(- |[ \t]*)(SecurityGroups|SecurityGroupRules|Entries|PrefixLists|NetworkAcls|IpPermissions(Egress)?|IpProtocol|Cidr(Ip|Ipv4|Ipv6)?):/m,
    'YAML, as --output yaml of the AWS CLI prints it',
    asJson,
  ],
  [
    /^[ \t]*(variable|resource|locals|output|module)\b.*\{[ \t]*$|^[ \t]*[\w-]+[ \t]*=[ \t]*\[/m,
    'HCL',
    `plan it and ${showJson}`,
  ],
  [/^(---[ \t]*$|[ \t]*(- )?["']?[\w-]+["']?:(\s|$))/m, 'YAML', 'write it as JSON'],
  [/^\s*(null|None)\s*$/, 'null, so the query that wrote it found nothing', 'correct the query'],
];

/**
 * The error for a text that is not lines of CIDRs, with what it is instead where its start shows that; `error` says what
 * is no CIDR.
 */
export function explained(error: UserError, start: string, file: string): UserError {
  const found = outputs.find(([mark]) => mark.test(start));
  if (found === undefined) return error;
  const [, what, wayOut] = found;
  return new UserError(`${file} is ${what}; ${wayOut}`);
}
