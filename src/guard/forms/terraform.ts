// `terraform show -json` of a plan or a state.
import { missingPrefixList } from '../aws-traffic.ts';
import type { Candidate, JsonForm, RuleList } from '../form.ts';
import { isEmpty, isObject, member, text, unexpected, where } from '../json-place.ts';
import { allow, allowAnything, type Rule } from '../rule.ts';
import { referenced } from '../terraform/configuration.ts';
import type { GroupType, PrefixListRules } from '../terraform/group-type.ts';
import { type Group, groupRules, groupsOf } from '../terraform/groups.ts';
import { networkAclType } from '../terraform/network-acl.ts';
import { dataPrefixList, prefixListType } from '../terraform/prefix-list.ts';
import { type Resource, readTerraform, type TerraformFile } from '../terraform/resources.ts';
import { securityGroupType } from '../terraform/security-group.ts';
import { cloudFoundryRules } from './cloud-foundry.ts';

/**
 * Plans as the resources will be, states as they are. Candidates are the security groups of either Cloud Foundry
 * provider and AWS's security groups, network ACLs and managed prefix lists; only their egress rules count.
 */
export const terraform: JsonForm = {
  name: '`terraform show -json` of a plan or a state',
  recognises: (content) => isObject(content) && typeof content['format_version'] === 'string',
  candidates: (place) => {
    const file = readTerraform(place);
    return {
      all: [
        ...file.resources.filter(isCloudFoundry).map(cloudFoundryCandidate),
        ...[securityGroupType, networkAclType, prefixListType].flatMap((type) =>
          groupsOf(file, type).map((group) => awsCandidate(file, type, group)),
        ),
      ],
    };
  },
};

function isCloudFoundry({ type }: Resource): boolean {
  return type === 'cloudfoundry_security_group' || type === 'cloudfoundry_asg';
}

/** The older provider has blocks named `rule`, the newer one a list named `rules`. */
function cloudFoundryCandidate({ address, block, values }: Resource): Candidate {
  const names = [address, block, ...['id', 'name'].map((key) => String(member(values, key).value ?? ''))];
  const read = (): RuleList => {
    const rules = ['rules', 'rule']
      .map((key) => member(values, key))
      .find(({ value, unknown }) => value !== undefined || unknown !== undefined);
    if (rules === undefined) throw unexpected(member(values, 'rules'), 'a list of rules');
    return { rules: rules.value === null && isEmpty(rules) ? [] : cloudFoundryRules(rules) };
  };
  return { names: [...new Set(names)].filter((name) => name !== ''), read };
}

function awsCandidate(file: TerraformFile, type: GroupType, group: Group): Candidate {
  const read = (): RuleList => {
    const lists = prefixListRules(file);
    return { rules: groupRules(file, type, group, lists).map(({ rule }) => rule) };
  };
  return { names: group.names, read };
}

/** The rules of a prefix list by the place that names it: evaluated where the file holds the list, possible elsewhere. */
function prefixListRules(file: TerraformFile): PrefixListRules {
  const groups = groupsOf(file, prefixListType);
  return (place, resource, attribute, traffic) => {
    const owners = groups.flatMap((group) => group.resource ?? []);
    const owner = place.unknown === true ? referenced(file, resource, attribute, owners) : undefined;
    const name = owner?.address ?? text(place);
    const group = groups.find(({ names }) => names.includes(name));
    const rules: readonly Rule[] | undefined =
      group === undefined
        ? dataRules(file, name)
        : groupRules(file, prefixListType, group, noLists).map(({ rule }) => rule);
    if (rules === undefined) return allowAnything(missingPrefixList(name, where(place)), traffic);
    return rules.map(({ range }) => allow(range, traffic));
  };
}

function dataRules({ dataSources }: TerraformFile, id: string): Rule[] | undefined {
  const source = dataSources.find(
    (item) => member(item.values, 'id').value === id && dataPrefixList(item) !== undefined,
  );
  return source && dataPrefixList(source);
}

const noLists: PrefixListRules = () => [];
