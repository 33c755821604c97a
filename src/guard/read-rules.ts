// Reads a rules file: the form is told by its content.
import { parsePorts } from '../config/params.ts';
import { show, UserError } from '../errors.ts';
import { parseDestination, type Rule } from './rule.ts';

/** The rules in a file's text. `name` is the file's, for messages. Throws a UserError that tells the place. */
export function readRules(text: string, name: string): Rule[] {
  if (!/^\s*[[{"]/.test(text)) return readLines(text, name);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new UserError(
      `${name} starts like JSON but is none, or only a part of it is there (${text.length} characters)`,
    );
  }
  if (Array.isArray(content)) return readArray(content, name);
  if (isObject(content) && Array.isArray(content['rules']))
    return readArray(content['rules'], `${name}: rules`);
  throw new UserError(
    `${name} has none of the forms that the guard reads: lines of CIDRs and addresses, a JSON array of them, ` +
      'Cloud Foundry rules as an array or under "rules"',
  );
}

/** CIDRs, addresses and ranges, one a line; `#` starts a comment. */
function readLines(text: string, name: string): Rule[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const destination = line.replace(/#.*/, '').trim();
    return destination === '' ? [] : [anyTraffic(destination, `${name}, line ${index + 1},`)];
  });
}

function readArray(items: readonly unknown[], name: string): Rule[] {
  return items.flatMap((item, index) => {
    const place = `${name}[${index}]`;
    if (typeof item === 'string') return [anyTraffic(item.trim(), place)];
    if (isObject(item) && 'destination' in item) return readCloudFoundryRule(item, place);
    throw new UserError(
      `${place} is ${show(item)}, which is neither a CIDR nor a Cloud Foundry rule with a destination`,
    );
  });
}

/** A rule without protocol and ports, as a bare list has them, allows everything. */
function anyTraffic(destination: string, place: string): Rule {
  return { range: parseDestination(destination, place), protocol: undefined, ports: undefined };
}

/** A security group rule (https://docs.cloudfoundry.org/concepts/asg.html#structure); several destinations are several rules. */
function readCloudFoundryRule(rule: Readonly<Record<string, unknown>>, place: string): Rule[] {
  const { destination, protocol, ports } = rule as {
    destination: unknown;
    protocol?: unknown;
    ports?: unknown;
  };
  if (typeof destination !== 'string')
    throw new UserError(`${place}.destination is ${show(destination)}, not a string`);
  const ranges = destination.split(',').map((part) => parseDestination(part.trim(), `${place}.destination`));
  const traffic = readTraffic(protocol, ports, place);
  return ranges.map((range) => ({ range, ...traffic }));
}

function readTraffic(protocol: unknown, ports: unknown, place: string): Pick<Rule, 'protocol' | 'ports'> {
  switch (protocol) {
    case 'all':
      return { protocol: undefined, ports: undefined };
    case 'icmp':
    case 'icmpv6':
      return { protocol, ports: undefined };
    case 'tcp':
    case 'udp': {
      const ranges = typeof ports === 'string' ? parsePorts(ports) : undefined;
      if (ranges === undefined)
        throw new UserError(`${place}.ports is ${show(ports)}, not ports such as "443" or "1-65535"`);
      return { protocol, ports: ranges };
    }
    default:
      throw new UserError(
        `${place}.protocol is ${show(protocol)}, not one of tcp, udp, icmp, icmpv6 and all`,
      );
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
