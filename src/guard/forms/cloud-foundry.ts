// Cloud Foundry application security groups: rules as `cf create-security-group` takes them, and what the API returns
// (https://v3-apidocs.cloudfoundry.org/#security-groups).
import { parseMaskedNetwork } from '../../addresses/cidr.ts';
import { parseCloudFoundryPorts } from '../../config/params.ts';
import { plainName, UserError } from '../../errors.ts';
import type { Candidate, JsonForm } from '../form.ts';
import {
  isEmpty,
  isObject,
  items,
  member,
  type Place,
  requireKnown,
  text,
  unexpected,
  where,
} from '../json-place.ts';
import { allow, anyTraffic, collectRules, parseDestination, type Rule, type RuleTraffic } from '../rule.ts';

const ruleMembers = ['protocol', 'destination', 'ports', 'type', 'code', 'description', 'log'];
const descriptive = ['created_at', 'updated_at', 'links', 'metadata'];
const groupMembers = [...descriptive, 'guid', 'name', 'globally_enabled', 'rules', 'relationships'];

export const cloudFoundry: JsonForm = {
  name: 'Cloud Foundry rules, a /v3/security_groups object or list',
  recognises: (content) => isRules(content) || isGroup(content) || isList(content),
  candidates: (place, direction) => {
    if (direction === 'ingress') {
      throw new UserError(
        `${where(place)} holds security groups of Cloud Foundry, which have no rules for ingress; leave params.direction out`,
      );
    }
    if (!isRules(place.value)) return { all: groupsIn(place).map(readGroup) };
    return { all: [{ names: [], read: () => ({ rules: cloudFoundryRules(place) }) }] };
  },
};

function isRules(content: unknown): boolean {
  const isRule = (item: unknown) => isObject(item) && ('destination' in item || 'protocol' in item);
  return Array.isArray(content) && content.some(isRule);
}

function isGroup(content: unknown): boolean {
  const rules = isObject(content) ? content['rules'] : undefined;
  return Array.isArray(rules) && (rules.length === 0 || rules.some(isObject));
}

/** A list of groups, as the API pages it or alone. */
function isList(content: unknown): boolean {
  if (Array.isArray(content)) return content.some(isGroup);
  return isObject(content) && 'pagination' in content && Array.isArray(content['resources']);
}

/** Throws a UserError when the list goes on: the group that is meant, or another of its name, may be on the next page. */
function groupsIn(place: Place): Place[] {
  if (Array.isArray(place.value)) return items(place);
  if (isGroup(place.value)) return [place];
  requireKnown(place, ['pagination', 'resources', 'included'], 'a list of security groups');
  const next = member(member(place, 'pagination'), 'next');
  if (next.value === undefined) throw unexpected(next, 'null or the address of a page');
  if (isEmpty(next)) return items(member(place, 'resources'));
  throw new UserError(
    `${where(next)} names a further page, so this is not the whole list of security groups; fetch all of them ` +
      '(?per_page=5000), or the one that is meant (/v3/security_groups/:guid)',
  );
}

function readGroup(group: Place): Candidate {
  requireKnown(group, groupMembers, 'a security group');
  const [name, guid] = [member(group, 'name'), member(group, 'guid')];
  const names = [name, guid].filter((item) => !isEmpty(item)).map(text);
  const read = () => ({
    rules: cloudFoundryRules(member(group, 'rules')),
    remarks: remarksOnUse(group, names[0]),
  });
  return { names, read };
}

/** That a group has no effect, or only a part of it, where the API shows so. Whatever it allows is judged all the same. */
function remarksOnUse(group: Place, groupName?: string): string[] {
  if (isUsed(group, 'running') !== false) return [];
  const name = groupName === undefined ? where(group) : plainName(groupName);
  return [
    isUsed(group, 'staging') === false
      ? `${name} is bound to no space and not enabled globally, as far as this file shows: no app uses these rules`
      : `${name} is bound or enabled for staging only: apps that run do not use these rules`,
  ];
}

/** Whether apps use the group while they run or are staged; undefined where the file does not show it. */
function isUsed(group: Place, lifecycle: 'running' | 'staging'): boolean | undefined {
  const at = (...keys: string[]) =>
    keys.reduce((value: unknown, key) => (isObject(value) ? value[key] : undefined), group.value);
  const enabled = at('globally_enabled', lifecycle);
  const spaces = at('relationships', `${lifecycle}_spaces`, 'data');
  if (enabled === true || (Array.isArray(spaces) && spaces.length > 0)) return true;
  return enabled === false && Array.isArray(spaces) ? false : undefined;
}

/** The rules of a security group. Throws a UserError that names the place. */
export function cloudFoundryRules(list: Place): Rule[] {
  return collectRules(list.file, items(list), readRule);
}

/**
 * What one rule of a security group allows: all of them are egress rules that allow, for one destination or several,
 * joined by commas (https://docs.cloudfoundry.org/concepts/asg.html#structure). Throws a UserError that names the place.
 */
function readRule(rule: Place): Rule[] {
  requireKnown(rule, ruleMembers, 'a rule of a security group');
  const traffic = readTraffic(rule);
  const place = member(rule, 'destination');
  const destinations = text(place);
  if (/\s/.test(destinations))
    throw unexpected(place, 'a destination without white space, which Cloud Foundry refuses,');
  // Thousands of destinations are one text: each is named by itself. Millions of parts at once would fill the memory.
  return collectRules(place.file, destinations.matchAll(/(?<![^,])[^,]*/g), ([part]) => {
    const range = parseMaskedNetwork(part) ?? parseDestination(part, where(place));
    return [{ ...allow(range, traffic), at: { file: place.file, path: place.path, value: part } }];
  });
}

function readTraffic(rule: Place): RuleTraffic {
  const [place, ports] = [member(rule, 'protocol'), member(rule, 'ports')];
  const protocol = text(place);
  if (protocol === 'all') {
    if (isEmpty(ports)) return anyTraffic;
    throw unexpected(ports, 'nothing (the protocol all has no ports)');
  }
  if (protocol === 'icmp' || protocol === 'icmpv6') return { protocol, ports: undefined };
  if (protocol !== 'tcp' && protocol !== 'udp') {
    throw unexpected(place, 'one of tcp, udp, icmp, icmpv6 and all');
  }
  const ranges = parseCloudFoundryPorts(text(ports));
  if (ranges !== undefined) return { protocol, ports: ranges };
  throw unexpected(ports, 'one port, a list of ports or one range, such as "443", "80,443" or "1-65535",');
}
