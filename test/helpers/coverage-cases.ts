// Random cases of coverage, and what judges each of them twice: the engine, and the oracle that looks at every address.
import * as fc from 'fast-check';
import type { AddressRange } from '../../src/addresses/address-range.ts';
import type { Family } from '../../src/addresses/cidr.ts';
import { compareCoverage } from '../../src/guard/coverage.ts';
import type { Rule } from '../../src/guard/rule.ts';
import {
  type Case,
  judgeNaively,
  largestBlock,
  requireSame,
  selectionIn,
  type Window,
  windowSize,
  windows,
} from './coverage-oracle.ts';

type In<T> = (window: Window) => fc.Arbitrary<T>;

const family = fc.constantFrom<Family>(4, 6);
const offset = fc.nat(windowSize - 1);

/** A range that is a CIDR. */
const block: In<AddressRange> = (window) =>
  fc.tuple(family, offset, fc.nat(Math.log2(largestBlock))).map(([of, address, bits]) => {
    const first = window[of] + BigInt(address - (address % 2 ** bits));
    return { family: of, first, last: first + 2n ** BigInt(bits) - 1n };
  });

/** A range of any bounds, or one that is a CIDR. */
const range: In<AddressRange> = (window) => {
  const any = fc.tuple(family, offset, offset).map(([of, a, b]) => ({
    family: of,
    first: window[of] + BigInt(Math.min(a, b)),
    last: window[of] + BigInt(Math.max(a, b)),
  }));
  return fc.oneof(any, block(window));
};

const any = fc.constant(undefined);
const port = fc.integer({ min: 1, max: 6 });
const portRange = fc.tuple(port, port).map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) }));
const protocol = fc.oneof(any, fc.constantFrom('tcp', 'tcp', 'udp', 'icmp'));
const action = fc.constantFrom('allow', 'allow', 'deny');

/** Certain rules that allow all traffic, where nothing else is said of them. */
function rulesOn(
  where: In<AddressRange>,
  said: { [key in keyof Rule]?: fc.Arbitrary<Rule[key]> } = {},
): In<Rule> {
  const usual = { action: fc.constant<'allow'>('allow'), protocol: any, ports: any, doubt: any };
  return (window) => fc.record({ range: where(window), ...usual, ...said });
}

/** Rules with these ports where they are about tcp or udp. */
function withPorts(rules: In<Rule>, ports: fc.Arbitrary<Rule['ports']>): In<Rule> {
  return (window) =>
    fc.tuple(rules(window), ports).map(([rule, some]) => {
      const hasPorts = rule.protocol === 'tcp' || rule.protocol === 'udp';
      return hasPorts ? { ...rule, ports: some } : rule;
    });
}

const doubt = { place: 'rule', reason: 'is open', wayOut: 'decide it' };

/** What a rule list of any kind may hold; one of three rules is only possible. */
export const openRule = rulesOn(range, {
  action,
  protocol,
  ports: fc.oneof(any, fc.array(portRange, { minLength: 1, maxLength: 3 })),
  doubt: fc.constantFrom(undefined, undefined, doubt),
});

/** What a permission of AWS's may hold: one CIDR and, for tcp and udp, one range of ports. */
export const awsRule = withPorts(rulesOn(block, { protocol }), fc.tuple(portRange));

/** The same in a network ACL, where the order decides. */
export const aclRule = withPorts(rulesOn(block, { action, protocol }), fc.tuple(portRange));

const singlePorts = fc
  .array(port, { minLength: 1, maxLength: 3 })
  .map((all) => all.map((only) => ({ first: only, last: only })));

/** What Cloud Foundry's rules may hold: several ports, or one range of them. */
export const cloudFoundryRule = withPorts(
  rulesOn(range, { protocol }),
  fc.oneof(singlePorts, fc.tuple(portRange)),
);

/** What a list without protocols and ports may hold. */
export const bareRule = rulesOn(range);

/** What such a list of CIDRs alone may hold. */
export const bareBlock = rulesOn(block);

/** Possible rules in a case, of which the oracle tries every assignment. */
const mostPossible = 3;

function withFewPossible(rules: readonly Rule[]): Rule[] {
  let left = mostPossible;
  return rules.map((rule) => (rule.doubt === undefined || left-- > 0 ? rule : { ...rule, doubt: undefined }));
}

function caseOf(rule: In<Rule>): fc.Arbitrary<Case> {
  return fc.constantFrom(...windows).chain((window) =>
    fc.record({
      window: fc.constant(window),
      published: fc.array(block(window), { minLength: 1, maxLength: 6 }),
      rules: fc.array(rule(window), { maxLength: 10 }).map(withFewPossible),
      traffic: fc.record({
        protocol: fc.constantFrom('tcp', 'udp'),
        ports: fc.array(portRange, { minLength: 1, maxLength: 2 }),
      }),
      families: fc.constantFrom<readonly Family[]>([4], [6], [4, 6], [4, 6], [4, 6]),
    }),
  );
}

/** Judges cases by the oracle and by `rulesOf`, and returns how often there was something to find. */
export function judgeCases(
  runs: number,
  rule: In<Rule>,
  rulesOf: (rules: readonly Rule[]) => readonly Rule[] = (rules) => rules,
) {
  const seen: Record<string, number> = {};
  const property = fc.property(caseOf(rule), (item) => {
    const coverage = compareCoverage(selectionIn(item), rulesOf(item.rules), item.traffic, item.families);
    const judged = judgeNaively(item);
    requireSame(coverage, judged, item);
    const { missing, undecided, extra, possiblyExtra, doubts, beyond } = coverage;
    if (undecided.length > 0 && doubts.length === 0) throw new Error('undecided without a doubt');
    const isCertainAllow = ({ action, doubt }: Rule) => action === 'allow' && doubt === undefined;
    if (!beyond.every(isCertainAllow)) throw new Error('what is certainly extra is not by a certain allow');
    const traits = {
      passed: missing.length === 0,
      missing: missing.length > 0,
      partly: missing.some(({ published, gaps }) => gaps.join() !== published.cidr.text),
      extra: extra.length > 0,
      undecided: undecided.length > 0,
      openBeyond: possiblyExtra.length > 0,
      deniesThatCount: judged.closing.length < judged.missing.length,
    };
    for (const [trait, is] of Object.entries(traits)) seen[trait] = (seen[trait] ?? 0) + Number(is);
  });
  // A fixed seed: what the cases must contain, counted by the caller, is the same every time.
  fc.assert(property, { seed: 20240829, numRuns: runs });
  return seen;
}
