// Entries that documents have in common, read once: of its 17,000 a publication shares all but a few with the one before.
import type { Family } from '../src/addresses/cidr.ts';
import type { Prefix } from '../src/ip-ranges/document.ts';
import { type ReadEntries, readEntry } from '../src/ip-ranges/regular.ts';
import { detach } from './detach.ts';

/** Some entries in a row. */
interface Run {
  /** They as they were published, and the character behind them, which decides whether an entry is the last one. */
  readonly bytes: Buffer;
  readonly prefixes: readonly Prefix[];
  /** Those of them that some services have. */
  readonly picked: Map<string, readonly Prefix[]>;
}

/** As many bytes as show an entry whole, with its service. */
const startLength = 256;

/** Runs that are kept of each family: some times as many as a document has. */
const mostRuns = 1024;

/**
 * Reads entries as readRegular does by itself, and remembers them. What ends a run is an entry's own text, so that one that
 * comes or goes changes its own run and no other; the same bytes are then compared, and not read again.
 */
export function openEntryCache(): ReadEntries {
  const runs = { 4: new Map<string, Run>(), 6: new Map<string, Run>() };
  const intern = openTexts();
  return (text, bytes, family, start) => {
    const found: Run[] = [];
    const known = runs[family];
    if (known.size > mostRuns) known.clear();
    let end = start;
    for (;;) {
      const key = bytes.toString('latin1', end, end + startLength);
      let run = known.get(key);
      if (run === undefined || !isAt(run.bytes, bytes, end)) {
        run = readRun(text, bytes, family, end, intern);
        if (run === undefined) break;
        known.set(key, run);
      }
      found.push(run);
      end += run.bytes.length - 1;
    }
    return { end, candidates: (services) => candidatesIn(found, services) };
  };
}

function isAt(part: Buffer, bytes: Buffer, start: number): boolean {
  const end = start + part.length;
  return end <= bytes.length && part.compare(bytes, start, end) === 0;
}

function readRun(
  text: string,
  bytes: Buffer,
  family: Family,
  start: number,
  intern: (prefix: Prefix) => Prefix,
): Run | undefined {
  const prefixes: Prefix[] = [];
  let end = start;
  for (let entry = readEntry(text, family, end); entry !== undefined; entry = readEntry(text, family, end)) {
    prefixes.push(intern(entry.prefix));
    end = entry.end;
    if (endsRun(entry.prefix)) break;
  }
  if (prefixes.length === 0) return undefined;
  return { bytes: Buffer.from(bytes.subarray(start, end + 1)), prefixes, picked: new Map() };
}

/** One entry of 64, about. */
function endsRun({ ip_prefix: ipv4, ipv6_prefix: ipv6, service }: Prefix): boolean {
  let sum = service.length;
  for (const text of [ipv4 ?? '', ipv6 ?? '']) {
    for (let index = 0; index < text.length; index++) sum = (sum * 31 + text.charCodeAt(index)) | 0;
  }
  return (sum & 63) === 0;
}

function* candidatesIn(runs: readonly Run[], services: readonly string[]): Generator<Prefix> {
  const wanted = new Set(services.map((service) => service.toUpperCase()));
  const key = [...wanted].join(' ');
  for (const { prefixes, picked } of runs) {
    let candidates = picked.get(key);
    if (candidates === undefined) {
      candidates = prefixes.filter(({ service }) => wanted.has(service));
      picked.set(key, candidates);
    }
    yield* candidates;
  }
}

/** Makes prefixes whose texts are each there once, and are no parts of a document, which they would keep in memory. */
function openTexts(): (prefix: Prefix) => Prefix {
  const texts = new Map<string, string>();
  const intern = (text: string) => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    const own = detach(text);
    texts.set(own, own);
    return own;
  };
  return ({ ip_prefix: ipv4, ipv6_prefix: ipv6, region, service, network_border_group: group }) => ({
    ...(ipv4 !== undefined && { ip_prefix: intern(ipv4) }),
    ...(ipv6 !== undefined && { ipv6_prefix: intern(ipv6) }),
    region: intern(region),
    service: intern(service),
    ...(group !== undefined && { network_border_group: intern(group) }),
  });
}
