// Cloud Foundry application security groups: rules as `cf create-security-group` takes them, and what the API returns
// (https://v3-apidocs.cloudfoundry.org/#security-groups).
import { parseMaskedNetwork } from '../../addresses/cidr.ts';
import { parseCloudFoundryPorts } from '../../config/params.ts';
import { plainName, UserError } from '../../errors.ts';
import type { Candidate, Candidates, JsonForm, RuleList } from '../form.ts';
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
const groupMembers = [
  'guid',
  'created_at',
  'updated_at',
  'name',
  'globally_enabled',
  'rules',
  'relationships',
  'links',
  'metadata',
];
const entityMembers = [
  'name',
  'rules',
  'running_default',
  'staging_default',
  'spaces_url',
  'staging_spaces_url',
  'spaces',
  'staging_spaces',
];
const listMembers = [
  'pagination',
  'resources',
  'included',
  'total_results',
  'total_pages',
  'prev_url',
  'next_url',
];

export const cloudFoundry: JsonForm = {
  name: 'Cloud Foundry rules, a /v3/security_groups object or list',
  recognises: (content) => isRules(content) || isGroup(content) || groupsIn(content) !== undefined,
  candidates: (place, direction) => {
    if (direction === 'ingress') {
      throw new UserError(
        `${where(place)} holds security groups of Cloud Foundry, which have no rules for ingress; leave params.direction out`,
      );
    }
    return readContent(place);
  },
};

/** The rules of a security group. Throws a UserError that names the place. */
export function cloudFoundryRules(list: Place): Rule[] {
  return collectRules(list.file, items(list), cloudFoundryRule);
}

/**
 * What one rule of a security group allows: all of them are egress rules that allow, for one destination or several,
 * joined by commas (https://docs.cloudfoundry.org/concepts/asg.html#structure). Throws a UserError that names the place.
 */
export function cloudFoundryRule(rule: Place): Rule[] {
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

function readContent(place: Place): Candidates {
  const { value } = place;
  if (isRules(value)) return { all: [{ names: [], read: () => ({ rules: cloudFoundryRules(place) }) }] };
  if (isGroup(value)) return { all: [readGroup(place)] };
  if (Array.isArray(value)) return { all: items(place).map(readGroup) };
  requireKnown(place, listMembers, 'a list of security groups');
  requireAllPages(place);
  return { all: items(member(place, 'resources')).map(readGroup) };
}

/** A group of /v3 (`guid`, `name` and `rules` in one object) or of /v2 (`metadata.guid`, `entity.name`, `entity.rules`). */
function readGroup(place: Place): Candidate {
  const isV2 = isObject(place.value) && 'entity' in place.value;
  const group = isV2 ? member(place, 'entity') : place;
  if (isV2) requireKnown(place, ['metadata', 'entity'], 'a security group');
  requireKnown(group, isV2 ? entityMembers : groupMembers, 'a security group');
  const guid = isV2 ? member(member(place, 'metadata'), 'guid') : member(place, 'guid');
  const names = [member(group, 'name'), guid].filter((name) => !isEmpty(name)).map(text);
  const read = (): RuleList => ({
    rules: cloudFoundryRules(member(group, 'rules')),
    remarks: isV2 ? [] : remarksOnUse(group, names[0]),
  });
  return { names, read };
}

/** That a group of /v3 has no effect, or only a part of it, where the API shows so. Whatever it allows is judged all the same. */
function remarksOnUse(group: Place, groupName?: string): string[] {
  const running = isUsed(group, 'running');
  const staging = isUsed(group, 'staging');
  const name = groupName === undefined ? where(group) : plainName(groupName);
  if (running === false && staging === false) {
    return [
      `${name} is bound to no space and not enabled globally, as far as this file shows: no app uses these rules`,
    ];
  }
  if (running !== false) return [];
  return [`${name} is bound or enabled for staging only: apps that run do not use these rules`];
}

/** Whether apps use the group while they run or are staged; undefined where the file does not show it. */
function isUsed(group: Place, lifecycle: 'running' | 'staging'): boolean | undefined {
  const enabled = below(below(group.value, 'globally_enabled'), lifecycle);
  const spaces = below(below(below(group.value, 'relationships'), `${lifecycle}_spaces`), 'data');
  if (enabled === true || (Array.isArray(spaces) && spaces.length > 0)) return true;
  return enabled === false && Array.isArray(spaces) ? false : undefined;
}

function below(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}

/** Throws a UserError when the list goes on: the group that is meant, or another of its name, may be on the next page. */
function requireAllPages(place: Place): void {
  const pagination = member(place, 'pagination');
  const next = isEmpty(pagination) ? member(place, 'next_url') : member(pagination, 'next');
  if (!isEmpty(pagination) && next.value === undefined)
    throw unexpected(next, 'null or the address of a page');
  if (isEmpty(next)) return;
  throw new UserError(
    `${where(next)} names a further page, so this is not the whole list of security groups; fetch all of them ` +
      '(?per_page=5000), or the one that is meant (/v3/security_groups/:guid)',
  );
}

function isRules(content: unknown): boolean {
  return (
    Array.isArray(content) &&
    content.some((item) => isObject(item) && ('destination' in item || 'protocol' in item))
  );
}

function isGroup(content: unknown): boolean {
  if (!isObject(content)) return false;
  const { rules } = isObject(content['entity']) ? content['entity'] : content;
  return Array.isArray(rules) && (rules.length === 0 || rules.some(isObject));
}

function groupsIn(content: unknown): readonly unknown[] | undefined {
  const groups = isObject(content) && !('version' in content) ? content['resources'] : content;
  if (!Array.isArray(groups)) return undefined;
  const isList = isObject(content) && ('pagination' in content || 'next_url' in content);
  return isList || groups.some(isGroup) ? groups : undefined;
}

function readTraffic(rule: Place): RuleTraffic {
  const protocol = text(member(rule, 'protocol'));
  const ports = member(rule, 'ports');
  switch (protocol) {
    case 'all':
      if (!isEmpty(ports)) throw unexpected(ports, 'nothing (the protocol all has no ports)');
      return anyTraffic;
    case 'icmp':
    case 'icmpv6':
      return { protocol, ports: undefined };
    case 'tcp':
    case 'udp': {
      const ranges = parseCloudFoundryPorts(text(ports));
      if (ranges === undefined)
        throw unexpected(
          ports,
          'one port, a list of ports or one range, such as "443", "80,443" or "1-65535",',
        );
      return { protocol, ports: ranges };
    }
    default:
      throw unexpected(member(rule, 'protocol'), 'one of tcp, udp, icmp, icmpv6 and all');
  }
}
