// Tells the form of a rules file by its content and reads the candidates in it.
import { firstOf, UserError } from '../errors.ts';
import type { Candidates, JsonForm } from './form.ts';
import { awsNetworkAcls } from './forms/aws-network-acls.ts';
import { awsPrefixListEntries, awsPrefixLists } from './forms/aws-prefix-lists.ts';
import { awsPermissions, awsSecurityGroupRules, awsSecurityGroups } from './forms/aws-security-groups.ts';
import { cidrArray } from './forms/cidr-array.ts';
import { cloudFoundry } from './forms/cloud-foundry.ts';
import { readText, textName } from './forms/text.ts';
import { terraformOutput, tfvars } from './forms/tfvars.ts';
import { isObject, memberName, mostItems } from './json-place.ts';
import type { Direction } from './rule.ts';
import type { RulesFile } from './rules-file.ts';
import { readJson } from './rules-json.ts';
import { terraform } from './terraform/form.ts';
import { refusePartOfPermission, textOf } from './what-it-is.ts';

/** Tried in this order: the most specific first, variables of any name last. */
export const jsonForms: readonly JsonForm[] = [
  terraform,
  terraformOutput,
  awsSecurityGroups,
  awsPermissions,
  awsSecurityGroupRules,
  // An ACL has Entries too.
  awsNetworkAcls,
  awsPrefixListEntries,
  awsPrefixLists,
  cloudFoundry,
  cidrArray,
  tfvars,
];

/** What a file of rules holds. Throws a UserError when its form is none of ours. */
export function readCandidates(file: RulesFile, direction: Direction): Candidates {
  const text = textOf(file);
  if (!/^\s*[[{]/.test(text)) return readText(text, file.name);
  const content = readJson(text, file.name);
  refuseRawState(content, file.name);
  refuseFailedRequest(content, file.name);
  if (isObject(content) && Object.keys(content).length > mostItems) {
    throw new UserError(`${file.name} has more than ${mostItems} members; name a file of rules`);
  }
  const form = jsonForms.find(({ recognises }) => recognises(content));
  if (form === undefined) refusePartOfPermission(content, file.name);
  if (form === undefined) throw noForm(content, file.name);
  return form.candidates({ file: file.name, path: '', value: content }, direction);
}

/** A terraform.tfstate has lists of its own that could be taken for something else. */
function refuseRawState(content: unknown, file: string): void {
  if (!isObject(content) || !('terraform_version' in content) || !('lineage' in content)) return;
  throw new UserError(
    `${file} is a raw Terraform state; write it with terraform show -json and name that file`,
  );
}

/** What the API of Cloud Foundry answers when it refuses: `errors` of /v3, one `error_code` of /v2. */
function refuseFailedRequest(content: unknown, file: string): void {
  if (!isObject(content)) return;
  const [first] = Array.isArray(content['errors']) ? content['errors'] : [];
  const title = isObject(first) ? first['title'] : content['error_code'];
  if (typeof title !== 'string') return;
  const name = /^CF-[A-Za-z]{1,60}$/.test(title) ? ` (${title})` : '';
  throw new UserError(
    `${file} is the answer to a request that failed${name}; see what it says, correct the request and run it again`,
  );
}

function noForm(content: unknown, file: string): UserError {
  const others = jsonForms.filter((form) => form !== cidrArray).map(({ name }) => name);
  const names = [textName, cidrArray.name, ...others].join('; ');
  return new UserError(`${file}${keysOf(content)} has none of the forms that the guard reads: ${names}`);
}

/** The first keys of an object, which show what it is. */
function keysOf(content: unknown): string {
  const keys = isObject(content) ? Object.keys(content) : [];
  if (keys.length === 0) return '';
  return `, an object with ${firstOf(keys.map(memberName), 5).join(', ')},`;
}
