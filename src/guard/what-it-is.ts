// What a file is that holds no rules in a form that the guard reads, and how to write one: people name the nearest file.
import { isUtf8 } from 'node:buffer';
import { UserError } from '../errors.ts';
import { isObject, mostItems } from './json-place.ts';

/** Why bytes are no text, as the rest of a sentence about the file; undefined when they are. */
export function faultOfBytes(bytes: Buffer): string | undefined {
  const mark = bytes.toString('latin1', 0, 2);
  if (mark === 'PK') {
    return 'is a ZIP archive; if it is a saved plan, write its JSON with terraform show -json and name that file';
  }
  if (mark === '\xff\xfe' || mark === '\xfe\xff') {
    return 'is UTF-16 text, as PowerShell writes it; convert it to UTF-8';
  }
  return isUtf8(bytes) ? undefined : 'is not UTF-8 text; name a file of rules, not a binary one';
}

/** Why JSON holds no rules even where it resembles a form, as the rest of a sentence about the file. */
export function faultOfContent(content: unknown): string | undefined {
  if (!isObject(content)) return undefined;
  // It has lists of its own that could be taken for something else.
  if ('terraform_version' in content && 'lineage' in content) {
    return 'is a raw Terraform state; write it with terraform show -json and name that file';
  }
  if (Object.keys(content).length > mostItems) {
    return `has more than ${mostItems} members; name a file of rules`;
  }
  // What the API of Cloud Foundry answers when it refuses.
  const [error] = Array.isArray(content['errors']) ? content['errors'] : [];
  const title = isObject(error) ? error['title'] : undefined;
  if (typeof title !== 'string') return undefined;
  const name = /^CF-[A-Za-z]{1,60}$/.test(title) ? ` (${title})` : '';
  return `is the answer to a request that failed${name}; see what it says, correct the request and run it again`;
}

/** The same for JSON of no form: what --query leaves when it reaches into the permissions of a security group. */
export function faultOfPart(content: unknown): string | undefined {
  if (Array.isArray(content)) return faultOfPart(content[0]);
  // Items of IpRanges, Ipv6Ranges, PrefixListIds or UserIdGroupPairs.
  const marks = ['CidrIp', 'CidrIpv6', 'PrefixListId', 'UserId'];
  if (!isObject(content) || !marks.some((mark) => mark in content)) return undefined;
  return (
    "holds a part of a security group's permissions, without protocol and ports; print them whole, such as " +
    "--query 'SecurityGroups[0].IpPermissionsEgress'"
  );
}

/**
 * Patterns that identify files of other kinds, each with what it is, and the way out; the first that matches counts. In none do two
 * parts match the same characters, or the line ends after every line's start: backtracking over thousands of lines takes minutes.
 */
const outputs: readonly (readonly [mark: RegExp, what: string])[] = [
  [
    /^(\/\/|[#;]).*\n[ \t]*[{[][ \t]*["{\n]/,
    'JSON with a comment before it; JSON has no comments: write the JSON alone',
  ],
  [/^[^\n{[].*\n[ \t]*[{[][ \t]*["{\n]/, 'JSON with other text before it; write the JSON alone'],
  [/^- ['"]?[0-9a-f.:]+\/\d+['"]?[ \t\r]*(\n|$)/i, 'a list in YAML; write it as JSON, or a CIDR a line'],
  [
    /^(Getting (info for )?security groups?\b|[ \t]*name:?\s+\S+\s+rules:?\s)/im,
    'the text of cf security-group; write JSON with cf curl "/v3/security_groups?names=NAME"',
  ],
  [
    /^(FAILED$|An error occurred \()/m,
    'the text of a command that failed; see what it says, and run it again',
  ],
  [
    /^(# \S.*:$|(Terraform|OpenTofu) (used|will)\b|No changes\.|Plan: \d|Changes to Outputs:|Outputs:$|resource "|data ")/m,
    'the text of terraform show or plan; write it with terraform show -json',
  ],
  [
    /^\s*<(!doctype|html|\?xml|[a-z]+[ >/])/i,
    'a page of HTML or XML; see what the command that wrote it was answered',
  ],
  [/^[A-Z]{4,}(\t|$)/m, 'the text output of the AWS CLI; run the command with --output json'],
  [
    /^\+?-{4}[-+]*[ \t\r]*\n[ \t]*\|/m,
    'a table, as --output table of the AWS CLI prints it; run the command with --output json',
  ],
  [
    /^(- |[ \t]*)(SecurityGroups|SecurityGroupRules|Entries|PrefixLists|NetworkAcls|IpPermissions(Egress)?|IpProtocol|Cidr(Ip|Ipv4|Ipv6)?):/m,
    'YAML, as --output yaml of the AWS CLI prints it; run the command with --output json',
  ],
  [
    /^[ \t]*(variable|resource|locals|output|module)\b.*\{[ \t]*$|^[ \t]*[\w-]+[ \t]*=[ \t]*\[/m,
    'HCL; plan it and write it with terraform show -json',
  ],
  [/^(---[ \t]*$|[ \t]*(- )?["']?[\w-]+["']?:(\s|$))/m, 'YAML; write it as JSON'],
  [/^\s*(null|None)\s*$/, 'null, so the query that wrote it found nothing; correct the query'],
];

/**
 * The error for a text that is not lines of CIDRs, with what it is instead where its start shows that; `error` says what
 * is no CIDR.
 */
export function explained(error: UserError, start: string, file: string): UserError {
  const found = outputs.find(([mark]) => mark.test(start));
  return found === undefined ? error : new UserError(`${file} is ${found[1]}`);
}
