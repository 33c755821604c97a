// Cloud Foundry application security groups: rules as `cf create-security-group` takes them, and what the API returns
// (https://v3-apidocs.cloudfoundry.org/#security-groups).
import { parsePorts } from '../../config/params.ts';
import { UserError } from '../../errors.ts';
import type { Candidate, Candidates, JsonForm } from '../form.ts';
import { isEmpty, isObject, items, member, type Place, text, unexpected, where } from '../json-place.ts';
import { allow, anyTraffic, parseDestination, type Rule, type RuleTraffic } from '../rule.ts';

export const cloudFoundry: JsonForm = {
  name: 'Cloud Foundry rules, a /v3/security_groups object or list',
  recognises: (content) => isRules(content) || isGroup(content) || groupsIn(content) !== undefined,
  candidates: readContent,
};

/**
 * The rules of a security group. All of them are egress rules that allow
 * (https://docs.cloudfoundry.org/concepts/asg.html#structure). Throws a UserError that tells the place.
 */
export function cloudFoundryRules(list: Place): Rule[] {
  return items(list).flatMap((rule) => {
    const traffic = readTraffic(rule);
    const destination = member(rule, 'destination');
    return text(destination)
      .split(',')
      .map((part) => allow(parseDestination(part.trim(), where(destination)), traffic));
  });
}

function readContent(place: Place): Candidates {
  const { value } = place;
  if (isRules(value)) return { all: [{ names: [], read: () => ({ rules: cloudFoundryRules(place) }) }] };
  if (isGroup(value)) return { all: [readGroup(place)] };
  if (Array.isArray(value)) return { all: items(place).map(readGroup) };
  requireAllPages(place);
  return { all: items(member(place, 'resources')).map(readGroup) };
}

/** A group of /v3 (`guid`, `name` and `rules` in one object) or of /v2 (`metadata.guid`, `entity.name`, `entity.rules`). */
function readGroup(place: Place): Candidate {
  const isV2 = isObject(place.value) && 'entity' in place.value;
  const group = isV2 ? member(place, 'entity') : place;
  const guid = isV2 ? member(member(place, 'metadata'), 'guid') : member(place, 'guid');
  const names = [member(group, 'name'), guid].filter((name) => !isEmpty(name)).map(text);
  return { names, read: () => ({ rules: cloudFoundryRules(member(group, 'rules')) }) };
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
      const ranges = parsePorts(text(ports));
      if (ranges === undefined)
        throw unexpected(ports, 'a list of ports such as "443", "80,443" or "1-65535"');
      return { protocol, ports: ranges };
    }
    default:
      throw unexpected(member(rule, 'protocol'), 'one of tcp, udp, icmp, icmpv6 and all');
  }
}
