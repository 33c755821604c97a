// Tells the form of a rules file by its content and reads the candidates in it.
import { UserError } from '../errors.ts';
import type { Candidates, JsonForm } from './form.ts';
import { awsPrefixList, awsSecurityGroups } from './forms/aws-cli.ts';
import { cidrArray } from './forms/cidr-array.ts';
import { cloudFoundry } from './forms/cloud-foundry.ts';
import { terraform } from './forms/terraform.ts';
import { textCandidates, textName } from './forms/text.ts';
import { tfvars } from './forms/tfvars.ts';
import { isObject } from './json-place.ts';
import { decode, parseJson } from './rules-text.ts';

/** In the order in which they are tried: those with the most telling marks first, any variables last. */
const jsonForms: readonly JsonForm[] = [
  terraform,
  awsSecurityGroups,
  awsPrefixList,
  cloudFoundry,
  cidrArray,
  tfvars,
];

/** What a file of rules holds. `file` is its name, for messages. Throws a UserError when its form is none of ours. */
export function readCandidates(bytes: Buffer, file: string): Candidates {
  const text = decode(bytes, file);
  if (!/^\s*[[{]/.test(text)) return textCandidates(text, file);
  const content = parseJson(text, file);
  refuseRawState(content, file);
  const form = jsonForms.find(({ recognises }) => recognises(content));
  if (form === undefined) throw noForm(file);
  return form.candidates({ file, path: '', value: content });
}

/** A terraform.tfstate has lists of its own that could be taken for something else. */
function refuseRawState(content: unknown, file: string): void {
  if (!isObject(content) || !('terraform_version' in content) || !('lineage' in content)) return;
  throw new UserError(
    `${file} is a raw Terraform state; write it with terraform show -json and name that file`,
  );
}

function noForm(file: string): UserError {
  const others = jsonForms.filter((form) => form !== cidrArray).map(({ name }) => name);
  const names = [textName, cidrArray.name, ...others].join('; ');
  return new UserError(`${file} has none of the forms that the guard reads: ${names}`);
}
