// Random cases of coverage, and what judges each of them twice: the engine, and the oracle that looks at every address.
import * as fc from 'fast-check';
import type { Family } from '../../src/addresses/cidr.ts';
import { compareCoverage } from '../../src/guard/coverage.ts';
import type { Rule } from '../../src/guard/rule.ts';
import {
  type Block,
  bases,
  type Case,
  judgeNaively,
  largestBlock,
  type ModelRule,
  requireSame,
  selectionIn,
  windowSize,
} from './coverage-oracle.ts';

const family = fc.constantFrom<Family>(4, 6);
const offset = fc.nat(windowSize - 1);

/** A range that is a CIDR. */
const block = fc.tuple(family, offset, fc.nat(Math.log2(largestBlock))).map(([of, address, bits]): Block => {
  const first = address - (address % 2 ** bits);
  return { family: of, first, last: first + 2 ** bits - 1 };
});

/** A range of any bounds, or one that is a CIDR. */
const range = fc.oneof(
  fc
    .tuple(family, offset, offset)
    .map(([of, a, b]): Block => ({ family: of, first: Math.min(a, b), last: Math.max(a, b) })),
  block,
);

const any = fc.constant(undefined);
const port = fc.integer({ min: 1, max: 6 });
const portRange = fc.tuple(port, port).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const protocol = fc.oneof(any, fc.constantFrom('tcp', 'tcp', 'udp', 'icmp'));
const action = fc.constantFrom('allow', 'allow', 'deny');

/** Rules about addresses; they allow all traffic where nothing else is said of it. */
function rulesOn(
  where: fc.Arbitrary<Block>,
  said: { [key in 'action' | 'protocol' | 'ports']?: fc.Arbitrary<ModelRule[key]> } = {},
): fc.Arbitrary<ModelRule> {
  const traffic = { action: fc.constant('allow' as const), protocol: any, ports: any, ...said };
  return fc.tuple(where, fc.record(traffic)).map(([about, rule]) => ({ ...about, ...rule }));
}

const withPortsOfProtocol = (rule: ModelRule): ModelRule =>
  rule.protocol === 'tcp' || rule.protocol === 'udp' ? rule : { ...rule, ports: undefined };

/** What a rule list of any kind may hold; one of three rules is only possible. */
export const openRule = fc
  .tuple(
    rulesOn(range, {
      action,
      protocol,
      ports: fc.oneof(any, fc.array(portRange, { minLength: 1, maxLength: 3 })),
    }),
    fc.nat(2),
  )
  .map(([rule, third]) => ({ ...rule, isPossible: third === 0 }));

/** What a permission of AWS's may hold: one CIDR and, for tcp and udp, one range of ports. */
export const awsRule = rulesOn(block, { protocol, ports: fc.tuple(portRange) }).map(withPortsOfProtocol);

/** The same in a network ACL, where the order decides. */
export const aclRule = rulesOn(block, { action, protocol, ports: fc.tuple(portRange) }).map(
  withPortsOfProtocol,
);

const singlePorts = fc
  .array(port, { minLength: 1, maxLength: 3 })
  .map((all) => all.map((only) => [only, only] as const));

/** What Cloud Foundry's rules may hold: several ports, or one range of them. */
export const cloudFoundryRule = rulesOn(range, {
  protocol,
  ports: fc.oneof(singlePorts, fc.tuple(portRange)),
}).map(withPortsOfProtocol);

/** What a list without protocols and ports may hold. */
export const bareRule = rulesOn(range);

/** What such a list of CIDRs alone may hold. */
export const bareBlock = rulesOn(block);

/** Possible rules in a case, of which the oracle tries every assignment. */
const mostPossible = 3;

function withFewPossible(rules: readonly ModelRule[]): ModelRule[] {
  let left = mostPossible;
  return rules.map((rule) => ({ ...rule, isPossible: rule.isPossible === true && left-- > 0 }));
}

function caseOf(rule: fc.Arbitrary<ModelRule>): fc.Arbitrary<Case> {
  return fc.record({
    base: fc.nat(bases[4].length - 1),
    published: fc.array(block, { minLength: 1, maxLength: 6 }),
    rules: fc.array(rule, { maxLength: 10 }).map(withFewPossible),
    protocol: fc.constantFrom('tcp', 'udp'),
    ports: fc.array(portRange, { minLength: 1, maxLength: 2 }),
    families: fc.constantFrom<readonly Family[]>([4], [6], [4, 6], [4, 6], [4, 6]),
  });
}

/** Judges cases by the oracle and by `rulesOf`, and returns how often there was something to find. */
export function judgeCases(
  runs: number,
  rule: fc.Arbitrary<ModelRule>,
  rulesOf: (item: Case) => readonly Rule[],
) {
  const seen: Record<string, number> = {};
  const property = fc.property(caseOf(rule), (item) => {
    const ports = item.ports.map(([first, last]) => ({ first, last }));
    const traffic = { protocol: item.protocol, ports };
    const coverage = compareCoverage(selectionIn(item), rulesOf(item), traffic, item.families);
    const judged = judgeNaively(item);
    requireSame(coverage, judged, item);
    const { missing, undecided, extra, possiblyExtra, doubts } = coverage;
    if (undecided.length > 0 && doubts.length === 0) throw new Error('undecided without a doubt');
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
