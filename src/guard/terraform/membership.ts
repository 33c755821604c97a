// Which group does a resource that is one rule belong to: to which for certain, to which possibly?
import { isObject, member, textOrNull } from '../json-place.ts';
import { forEach, references } from './configuration.ts';
import { candidatesOf, type Origins, originsOf } from './references.ts';
import type { Resource, TerraformFile } from './resources.ts';

/** A known id, the group's resource, or the groups that it may be; `any`: nothing tells. */
export type Membership =
  | { readonly id: string }
  | { readonly certain: Resource }
  | { readonly possible: readonly Resource[] | 'any'; readonly isSameForAll: boolean };

/**
 * Tells memberships by the id of the group, or, while that is unknown, by what the configuration refers to: an unknown id
 * comes from a resource whose id is unknown, so where only one can be meant, it is that one. `owners` are all groups of
 * the type.
 */
export function membershipIn(
  file: TerraformFile,
  owners: readonly Resource[],
): (resource: Resource, link: string) => Membership {
  const byId = new Map(owners.map((owner) => [member(owner.values, 'id').value, owner]));
  return (resource, link) => {
    const id = member(resource.values, link);
    if (id.unknown !== true) {
      const known = textOrNull(id) ?? '';
      const owner = byId.get(known);
      return owner === undefined ? { id: known } : { certain: owner };
    }
    const names = references(file, resource, link);
    const origins = originsOf(file, resource, names, owners);
    const only = onlyOrigin(file, resource, origins);
    if (only !== undefined) return { certain: only };
    const candidates = candidatesOf(origins);
    return {
      possible: origins.isOpen || candidates.length === 0 ? 'any' : candidates,
      isSameForAll: names?.every((name) => !/^(?:each|count)\./.test(name)) === true,
    };
  };
}

/** The one resource that an unknown id comes from, or undefined when there is a choice. */
export function onlyOrigin(file: TerraformFile, resource: Resource, origins: Origins): Resource | undefined {
  if (origins.isOpen || origins.isIndirect) return undefined;
  const candidates = candidatesOf(origins);
  if (candidates.length === 1) return candidates[0];
  const [block, ...others] = origins.blocks;
  if (block === undefined || others.length > 0 || origins.direct.length > 0) return undefined;
  return byKey(file, resource, origins.keys, block);
}

/** The instance of a block that the keys of a resource's own instance pick. */
function byKey(
  file: TerraformFile,
  resource: Resource,
  keys: readonly string[],
  block: readonly Resource[],
): Resource | undefined {
  const { key } = resource;
  if (key === undefined) return undefined;
  const withKey = (wanted: unknown) => block.find((instance) => instance.key === wanted);
  const uses = new Set(keys);
  if (uses.size === 1 && (uses.has('each.key') || isChained(file, resource, uses, block)))
    return withKey(key);
  if (uses.size === 1 && uses.has('count.index')) {
    // group[count.index] of as many: with another number of them the index is computed.
    const siblings = file.resources.filter((item) => item.block === resource.block);
    return siblings.length === block.length ? withKey(key) : undefined;
  }
  if (uses.size === 1 && uses.has('each.value')) return withKey(constantValue(file, resource));
  return [...uses].every((use) => use.startsWith('each.')) ? byComposedKey(resource, block) : undefined;
}

/** for_each over the block itself: the keys are the block's, and each.value is the instance of the same key, or its id. */
function isChained(
  file: TerraformFile,
  resource: Resource,
  uses: ReadonlySet<string>,
  [target]: readonly Resource[],
): boolean {
  const list = forEach(file, resource)?.['references'];
  const isOver = Array.isArray(list) && list.length === 1 && list[0] === `${target?.type}.${target?.name}`;
  return isOver && [...uses].every((use) => /^each\.value(?:\.id)?$/.test(use));
}

/** each.value, where the configuration shows it. */
function constantValue(file: TerraformFile, { key, ...rest }: Resource): unknown {
  const constant = forEach(file, { key, ...rest })?.['constant_value'];
  if (isObject(constant) && typeof key === 'string') return constant[key];
  return Array.isArray(constant) ? key : undefined;
}

/**
 * for_each over pairs of a group and a CIDR, keyed by both (`"${group} ${cidr}"`), is how Terraform's documentation
 * flattens such a product (https://developer.hashicorp.com/terraform/language/functions/flatten). The key must be nothing
 * else but the key of one instance, a separator and the rule's own CIDR.
 */
function byComposedKey({ key, values }: Resource, block: readonly Resource[]): Resource | undefined {
  const cidrs = ['cidr_ipv4', 'cidr_ipv6', 'cidr_block', 'ipv6_cidr_block', 'cidr', 'cidr_blocks']
    .flatMap((name) => member(values, name).value)
    .filter((value) => typeof value === 'string' && value !== '');
  const [cidr, ...others] = new Set(cidrs);
  if (typeof key !== 'string' || typeof cidr !== 'string' || others.length > 0) return undefined;
  const matches = block.filter((instance) => {
    if (typeof instance.key !== 'string') return false;
    const rest =
      key.startsWith(instance.key) && key.endsWith(cidr) ? key.slice(instance.key.length, -cidr.length) : '';
    return /^[\s_.:;,/|-]{1,3}$/.test(rest);
  });
  return matches.length === 1 ? matches[0] : undefined;
}
