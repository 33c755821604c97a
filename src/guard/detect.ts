// Tells the form of a rules file by its content and reads the candidates in it.
import { firstOf, UserError } from '../errors.ts';
import type { Candidates, JsonForm } from './form.ts';
import { awsNetworkAcls } from './forms/aws-network-acls.ts';
import { awsPrefixListEntries, awsPrefixLists } from './forms/aws-prefix-lists.ts';
import { awsSecurityGroupRules, awsSecurityGroups } from './forms/aws-security-groups.ts';
import { cidrArray, terraformOutput, tfvars } from './forms/cidr-lists.ts';
import { cloudFoundry } from './forms/cloud-foundry.ts';
import { readText, textName } from './forms/text.ts';
import { isObject, memberName } from './json-place.ts';
import type { Direction } from './rule.ts';
import type { RulesFile } from './rules-file.ts';
import { readJson } from './rules-json.ts';
import { terraform } from './terraform/form.ts';
import { faultOfBytes, faultOfContent, faultOfPart } from './what-it-is.ts';

/** Tried in this order: the most specific first, variables of any name last. */
export const jsonForms: readonly JsonForm[] = [
  cidrArray,
  terraform,
  terraformOutput,
  awsSecurityGroups,
  awsSecurityGroupRules,
  // An ACL has Entries too.
  awsNetworkAcls,
  awsPrefixListEntries,
  awsPrefixLists,
  cloudFoundry,
  tfvars,
];

/** What a file of rules holds. Throws a UserError when its form is none of ours. */
export function readCandidates({ name, bytes }: RulesFile, direction: Direction): Candidates {
  const refuse = (fault: string | undefined) => {
    if (fault !== undefined) throw new UserError(`${name} ${fault}`);
  };
  refuse(faultOfBytes(bytes));
  const text = bytes.toString().replace(/^\u{feff}/u, '');
  if (!/^\s*[[{]/.test(text)) return readText(text, name);
  const content = readJson(text, name);
  refuse(faultOfContent(content));
  const form = jsonForms.find(({ recognises }) => recognises(content));
  if (form !== undefined) return form.candidates({ file: name, path: '', value: content }, direction);
  refuse(faultOfPart(content));
  const forms = [textName, ...jsonForms.map((item) => item.name)].join('; ');
  throw new UserError(`${name}${keysOf(content)} has none of the forms that the guard reads: ${forms}`);
}

/** The first keys of an object, which show what it is. */
function keysOf(content: unknown): string {
  const keys = isObject(content) ? Object.keys(content) : [];
  if (keys.length === 0) return '';
  return `, an object with ${firstOf(keys.map(memberName), 5).join(', ')},`;
}
