// Which sets of rules does `terraform show -json` of a plan or a state hold?
//
// What the file shows is a fact. What it does not show is a doubt, and a doubt never makes a pass. These are all the rules there are:
//
// 1. A known value is a fact. A value that is known only after apply is a doubt about what it stands for: any address, any group, any port.
// 2. One inference from names, and only this one: an unknown id, or a list with n unknown elements, is what its expression refers to when
//    that is exactly n resources, each by its `.id`, and nothing else at all. (configuration.ts; a list that is unknown as a whole counts as
//    one element.) In theory an expression could compare that id with a constant and choose another; that much is accepted, and so is a
//    string made of an id, which no provider takes.
// 3. What the plan takes away is not certain, even where another resource allows it too: EC2 knows a rule by its group, traffic and address.
//    A resource gives back what it takes itself, unless it creates the new object first. An object that is destroyed is gone: its id makes
//    nothing certain. What a plan forgets stays in effect. (taken.ts)
// 4. Two who write the same thing make each other possible: inline blocks with rule resources, an exclusive resource, two resources with one
//    id, two ACL entries of one number. (group-rules.ts)
// 5. A mirror is as of the last refresh: believed where the file has nothing else to say about the object; where it has rule resources,
//    what these do not explain is possible only. (group-rules.ts, configuration.ts)
// 6. A part is not the whole. (completeness.ts)
import { UserError } from '../../errors.ts';
import { statelessRemark } from '../aws-traffic.ts';
import type { Candidate, Candidates, JsonForm, RuleList } from '../form.ts';
import { isObject, member, where } from '../json-place.ts';
import type { Direction } from '../rule.ts';
import { cloudFoundryGroup, isCloudFoundry } from './cloud-foundry.ts';
import { groupRules, lastRefresh } from './group-rules.ts';
import type { GroupType, PrefixLists } from './group-type.ts';
import { type Group, groupsOf } from './groups.ts';
import { networkAclType } from './network-acl.ts';
import { isManagedByAws, prefixListsIn, prefixListType } from './prefix-list.ts';
import {
  type Changed,
  idOf,
  isCreated,
  isDestroyed,
  type Resource,
  readTerraform,
  type TerraformFile,
} from './resources.ts';
import { securityGroupType } from './security-group.ts';

/**
 * Plans as the resources will be, states as they are. Candidates are the security groups of either Cloud Foundry
 * provider, AWS's security groups, network ACLs and prefix lists.
 */
export const terraform: JsonForm = {
  name: '`terraform show -json` of a plan or a state',
  recognises: (content) => isObject(content) && typeof content['format_version'] === 'string',
  candidates: (place, direction) => candidatesIn(readTerraform(place), direction),
};

function candidatesIn(file: TerraformFile, direction: Direction): Candidates {
  const lists = prefixListsIn(file);
  const types = [securityGroupType(file, direction), networkAclType(direction), prefixListType];
  const groups = types.flatMap((type) => groupsOf(file, type).map((group) => ({ type, group })));
  const isRead = ({ group: { owner } }: { group: Group }) => owner?.isData === true;
  const living = [
    ...file.resources
      .filter((resource) => isCloudFoundry(resource.type) && !resource.isDeposed && !resource.isForgotten)
      .map((resource) => cloudFoundryCandidate(file, resource, direction)),
    ...groups
      .filter((item) => !isRead(item) && (item.group.owner === undefined || !item.group.owner.isForgotten))
      .map(({ type, group }) => awsCandidate(file, type, group, lists)),
  ];
  const isGroup = ({ type }: Resource) =>
    types.some((item) => item.types.includes(type)) || isCloudFoundry(type);
  const addresses = new Set(living.flatMap(({ names }) => names.slice(0, 2)));
  const all = [
    ...living,
    ...groups.filter(isRead).map(({ type, group }) => awsCandidate(file, type, group, lists)),
    ...file.changed.filter(isGroup).flatMap((changed) => goneCandidate(changed, addresses)),
  ];
  // A list that is only read, and a group that is gone, are judged when they are named.
  const [only] = living;
  return only !== undefined && living.length === 1 ? { all, unnamed: only } : { all };
}

function cloudFoundryCandidate(file: TerraformFile, resource: Resource, direction: Direction): Candidate {
  const read = (): RuleList => {
    if (direction === 'ingress') {
      throw new UserError(
        `${where(resource.values)} is a security group of Cloud Foundry, which has no ingress rules; leave params.direction out`,
      );
    }
    return { ...cloudFoundryGroup(file, resource), asOf: file.kind === 'state' ? lastRefresh : undefined };
  };
  const name = String(member(resource.values, 'name').value ?? '');
  return { names: withoutDoubles([resource.address, resource.block, idOf(resource), name]), read };
}

function awsCandidate(file: TerraformFile, type: GroupType, group: Group, lists: PrefixLists): Candidate {
  const { owner, names } = group;
  const read = (): RuleList => {
    const { rules, asOf } = groupRules(file, type, group, lists);
    return {
      rules: rules.map(({ rule }) => rule),
      asOf,
      ...(type === prefixListType && { isWithoutPorts: true as const }),
      ...(owner !== undefined && isManagedByAws(owner) && { isManagedByAws: true as const }),
      ...(type.isOrdered && { remarks: [statelessRemark] }),
    };
  };
  return { names, read, ...(type.isOrdered && { isOrdered: true as const }) };
}

/**
 * A group that the plan destroys, replaces or forgets. Nobody inherits its names: only its address is the new object's, where there is
 * one, and with it the name, where both have the same.
 */
function goneCandidate(changed: Changed, living: ReadonlySet<string>): Candidate[] {
  const { address, block, change, isDeposed } = changed;
  const isKept = changed.isForgotten;
  if (!isKept && !isDestroyed(changed)) return [];
  const read = (): never => {
    const after = isKept
      ? 'its rules stay as they are, and Terraform no longer shows them; judge what the API shows of it'
      : 'nothing of it is left to judge';
    throw new UserError(
      `${where(change.before)}: this plan ${isKept ? 'forgets' : 'destroys'} it, so ${after}`,
    );
  };
  const name = String(member(change.before, 'name').value ?? '');
  const hasNewName = isCreated(changed) && change.after && member(change.after, 'name').value === name;
  const addresses = [address, block].filter((item) => !isDeposed && !living.has(item));
  const names = [...addresses, idOf(changed), isDeposed || hasNewName ? '' : name];
  return [{ names: withoutDoubles(names), read }];
}

function withoutDoubles(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names)].filter((name) => name !== undefined && name !== '') as string[];
}
