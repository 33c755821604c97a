// Which sets of rules does `terraform show -json` of a plan or a state hold?
//
// What the file shows is a fact. What it does not show is a doubt, and a doubt never makes a pass. These are all the rules there are:
//
// 1. A known value is a fact. A value that is known only after apply is a doubt about what it stands for: any address, any group,
//    any port. (resource-rules.ts)
// 2. One inference from names, and only this one: an unknown id, or a list with n unknown elements, is what its expression refers to
//    when that is exactly n resources, each by its `.id`, and nothing else at all. (configuration.ts and groups.ts; a list that is
//    unknown as a whole counts as one element.)
// 3. What the plan takes away is not certain, even where another resource allows it too: EC2 knows a rule by its group, traffic and
//    address. A resource gives back what it takes itself, unless it creates the new object first. An object that is destroyed is
//    gone: its id makes nothing certain. What a plan forgets stays in effect. (taken.ts)
// 4. Two who write the same thing make each other possible: inline blocks with rule resources, an exclusive resource, two resources
//    with one id, two ACL entries of one number. (group-rules.ts)
// 5. A mirror is as of the last refresh: believed where the file has nothing else to say about the object; where it has rule
//    resources, what these do not explain is possible only. (group-rules.ts)
// 6. A part is not the whole. (completeness.ts)
import { UserError } from '../../errors.ts';
import { statelessRemark } from '../aws-traffic.ts';
import type { Candidate, Candidates, JsonForm } from '../form.ts';
import { isObject, member, where } from '../json-place.ts';
import type { Direction } from '../rule.ts';
import { cloudFoundryType } from './cloud-foundry.ts';
import { type Group, readGroups } from './group-rules.ts';
import {
  type GroupType,
  holdersIn,
  isGroup,
  networkAclType,
  prefixListType,
  securityGroupType,
} from './group-types.ts';
import { prefixListsIn } from './prefix-lists.ts';
import { type Former, grouped, idIn, readTerraform, type TerraformFile } from './resources.ts';

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
  const types = [cloudFoundryType, securityGroupType, networkAclType, prefixListType].map((of) =>
    of(direction),
  );
  const groups = types.flatMap((type) =>
    readGroups({ file, type, lists })
      .filter(({ owner }) => owner?.isForgotten !== true)
      .map((group) => ({ ...candidate(type, group), isRead: group.owner?.isData === true })),
  );
  const living = groups.filter(({ isRead }) => !isRead);
  const former = types.flatMap((type) => holdersIn(type, file.former).filter(isGroup));
  const heirs = grouped(living, ({ names }) => names);
  const all = [...groups, ...former.flatMap((item) => goneCandidate(item, heirs.get(item.address) ?? []))];
  // A list that is only read, and a group that is gone, are judged when they are named.
  const [only] = living;
  return only !== undefined && living.length === 1 ? { all, unnamed: only } : { all };
}

function candidate({ isOrdered, isWithoutPorts }: GroupType, { names, owner, read }: Group): Candidate {
  const isManagedByAws =
    owner?.isData === true &&
    (owner.type === 'aws_prefix_list' || member(owner.values, 'owner_id').value === 'AWS');
  return {
    names,
    ...(isOrdered && { isOrdered }),
    read: () => {
      const { rules, asOf } = read();
      return {
        rules: rules.map(({ rule }) => rule),
        asOf,
        ...(isWithoutPorts && { isWithoutPorts }),
        ...(isManagedByAws && { isManagedByAws }),
        ...(isOrdered && { remarks: [statelessRemark] }),
      };
    },
  };
}

/** A group that the plan destroys, replaces or forgets. Only the object that takes its address inherits its names. */
function goneCandidate(
  { address, before, actions, isDestroyed }: Former,
  heirs: readonly Candidate[],
): Candidate[] {
  const isKept = actions.includes('forget');
  if (!isKept && !isDestroyed) return [];
  const name = String(member(before, 'name').value ?? '');
  const inherited = new Set(['', ...heirs.flatMap(({ names }) => names)]);
  const names = [...new Set([address, idIn(before) ?? '', name])].filter((item) => !inherited.has(item));
  const read = (): never => {
    const after = isKept
      ? 'forgets it, so its rules stay as they are, and Terraform no longer shows them; judge what the API shows of it'
      : 'destroys it, so nothing of it is left to judge';
    throw new UserError(`${where(before)}: this plan ${after}`);
  };
  return names.length === 0 ? [] : [{ names, read }];
}
