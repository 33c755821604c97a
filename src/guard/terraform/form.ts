// Which sets of rules does `terraform show -json` of a plan or a state hold?
import { UserError } from '../../errors.ts';
import type { Candidate, Candidates, JsonForm, RuleList } from '../form.ts';
import { isObject, member, where } from '../json-place.ts';
import { cloudFoundryGroup, isCloudFoundry } from './cloud-foundry.ts';
import type { GroupType } from './group-type.ts';
import { type Group, groupRules, groupsOf } from './groups.ts';
import { prefixListsIn } from './named-lists.ts';
import { networkAclType } from './network-acl.ts';
import { dataRules, isPrefixListData, prefixListType } from './prefix-list.ts';
import { type Gone, type Resource, readTerraform, type TerraformFile } from './resources.ts';
import { securityGroupType } from './security-group.ts';

/**
 * Plans as the resources will be, states as they are. Candidates are the security groups of either Cloud Foundry
 * provider, AWS's security groups, network ACLs and prefix lists; only their egress rules count.
 */
export const terraform: JsonForm = {
  name: '`terraform show -json` of a plan or a state',
  recognises: (content) => isObject(content) && typeof content['format_version'] === 'string',
  candidates: (place) => candidatesIn(readTerraform(place)),
};

function candidatesIn(file: TerraformFile): Candidates {
  const types = [securityGroupType(file), networkAclType, prefixListType];
  const isGroup = ({ type }: Resource) =>
    types.some((item) => item.types.includes(type)) || isCloudFoundry(type);
  const forgotten = new Set<Resource>(file.gone.map(({ resource }) => resource));
  const living = [
    ...file.resources
      .filter((resource) => isCloudFoundry(resource.type) && !resource.isDeposed && !forgotten.has(resource))
      .map((resource) => cloudFoundryCandidate(file, resource)),
    ...types.flatMap((type) =>
      groupsOf(file, type)
        .filter(({ resource }) => resource === undefined || !forgotten.has(resource))
        .map((group) => awsCandidate(file, type, group)),
    ),
  ];
  const names = new Set(living.flatMap((candidate) => candidate.names));
  const all = [
    ...living,
    ...file.dataSources.filter(isPrefixListData).map((resource) => dataCandidate(file, resource)),
    ...file.gone.filter(({ resource }) => isGroup(resource)).map((gone) => goneCandidate(gone, names)),
  ];
  // A list that is only read, and a group that is gone, are judged when they are named.
  const [only] = living;
  return only !== undefined && living.length === 1 ? { all, unnamed: only } : { all };
}

function cloudFoundryCandidate(file: TerraformFile, resource: Resource): Candidate {
  const read = (): RuleList => ({ ...cloudFoundryGroup(resource), asOf: asOf(file) });
  return { names: namesOf(resource), read };
}

function awsCandidate(file: TerraformFile, type: GroupType, group: Group): Candidate {
  const read = (): RuleList => ({
    ...groupRules(file, type, group, prefixListsIn(file)),
    ...(type === prefixListType && { isWithoutPorts: true as const }),
  });
  return { names: group.names, read };
}

function dataCandidate(file: TerraformFile, resource: Resource): Candidate {
  const read = (): RuleList => ({ rules: dataRules(resource), isWithoutPorts: true, asOf: asOf(file) });
  return { names: namesOf(resource), read };
}

function goneCandidate({ resource, how }: Gone, living: ReadonlySet<string>): Candidate {
  const read = (): never => {
    const after =
      how === 'destroys'
        ? 'nothing of it is left to judge'
        : 'its rules stay as they are, and Terraform no longer shows them; judge what the API shows of it';
    throw new UserError(`${where(resource.values)}: this plan ${how} it, so ${after}`);
  };
  return { names: namesOf(resource).filter((name) => !living.has(name)), read };
}

function namesOf({ address, block, values }: Resource): string[] {
  const names = [address, block, ...['id', 'name'].map((key) => String(member(values, key).value ?? ''))];
  return [...new Set(names)].filter((name) => name !== '');
}

function asOf({ kind }: TerraformFile): string | undefined {
  return kind === 'state' ? 'as of the last refresh' : undefined;
}
