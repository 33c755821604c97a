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
//
// One thing the format hides: a new group whose rules are unknown and not in the configuration has either none of its own, as nearly all
// have beside rule resources, or a `dynamic` block over something unknown. With rule resources it is read as the former.
import { UserError } from '../../errors.ts';
import { statelessRemark } from '../aws-traffic.ts';
import type { Candidate, Candidates, JsonForm } from '../form.ts';
import { isObject, member, where } from '../json-place.ts';
import type { Direction } from '../rule.ts';
import { cloudFoundryType } from './cloud-foundry.ts';
import { type Group, readGroups } from './group-rules.ts';
import {
  type GroupType,
  networkAclType,
  prefixListType,
  securityGroupType,
  sourceOf,
} from './group-types.ts';
import { isManagedByAws, prefixListsIn } from './prefix-lists.ts';
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
  const former = file.former.filter((item) =>
    types.some((type) => sourceOf(type, item)?.blocks !== undefined),
  );
  const heirs = grouped(living, ({ names }) => names);
  const all = [...groups, ...former.flatMap((item) => goneCandidate(item, heirs.get(item.address) ?? []))];
  // A list that is only read, and a group that is gone, are judged when they are named.
  const [only] = living;
  return only !== undefined && living.length === 1 ? { all, unnamed: only } : { all };
}

function candidate({ isOrdered, sources }: GroupType, { names, owner, read }: Group): Candidate {
  const isList = sources.has('aws_ec2_managed_prefix_list');
  return {
    names,
    ...(isOrdered && { isOrdered }),
    read: () => {
      const { rules, asOf } = read();
      return {
        rules: rules.map(({ rule }) => rule),
        asOf,
        ...(isList && { isWithoutPorts: true as const }),
        ...(owner !== undefined && isManagedByAws(owner) && { isManagedByAws: true as const }),
        ...(isOrdered && { remarks: [statelessRemark] }),
      };
    },
  };
}

/** A group that the plan destroys, replaces or forgets. Nobody inherits its names, but the object that takes its address. */
function goneCandidate(former: Former, heirs: readonly Candidate[]): Candidate[] {
  const isKept = former.actions.includes('forget');
  if (!isKept && !former.isDestroyed) return [];
  const read = (): never => {
    const after = isKept
      ? 'its rules stay as they are, and Terraform no longer shows them; judge what the API shows of it'
      : 'nothing of it is left to judge';
    throw new UserError(
      `${where(former.before)}: this plan ${isKept ? 'forgets' : 'destroys'} it, so ${after}`,
    );
  };
  const name = String(member(former.before, 'name').value ?? '');
  const inherited = new Set(['', ...heirs.flatMap(({ names }) => names)]);
  const names = [former.address, idIn(former.before) ?? '', name].filter((item) => !inherited.has(item));
  return names.length === 0 ? [] : [{ names: [...new Set(names)], read }];
}
