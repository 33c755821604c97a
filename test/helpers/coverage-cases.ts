// Random cases of coverage, and what judges each of them twice: the engine, and the oracle that looks at every address.
import * as fc from 'fast-check';
import { type Coverage, compareCoverage } from '../../src/guard/coverage.ts';
import type { Rule } from '../../src/guard/rule.ts';
import {
  type Block,
  block,
  type Case,
  caseOf,
  difference,
  judgeNaively,
  type ModelRule,
  portRange,
  range,
  selectionOf,
} from './coverage-oracle.ts';

const any = fc.constant(undefined);
const protocol = fc.constantFrom('tcp', 'tcp', 'udp', 'icmp');
/** What a rule of an ordered list says. */
export const action = fc.constantFrom<ModelRule['action']>('allow', 'allow', 'deny');

/** What a rule list of any kind may hold. */
const anyRule = fc
  .tuple(
    fc.oneof(range, block),
    action,
    fc.oneof(any, protocol),
    fc.oneof(any, fc.array(portRange, { minLength: 1, maxLength: 3 })),
  )
  .map(([where, what, of, ports]): ModelRule => ({ ...where, action: what, protocol: of, ports }));

/** As anyRule; one of three is only possible. */
export const openRule = fc
  .tuple(anyRule, fc.nat(2))
  .map(([rule, third]): ModelRule => ({ ...rule, isPossible: third === 0 }));

/** What a permission of AWS's may hold: one CIDR and, for tcp and udp, one range of ports. */
export const awsRule = fc.tuple(block, fc.oneof(any, protocol), portRange).map(
  ([where, of, ports]): ModelRule => ({
    ...where,
    action: 'allow',
    protocol: of,
    ports: of === 'tcp' || of === 'udp' ? [ports] : undefined,
  }),
);

/** What Cloud Foundry's rules may hold: several ports, or one range of them. */
export const cloudFoundryRule = fc
  .tuple(
    fc.oneof(range, block),
    fc.oneof(any, protocol),
    fc.oneof(
      fc.array(
        portRange.map(([port]) => [port, port] as const),
        { minLength: 1, maxLength: 3 },
      ),
      fc.tuple(portRange),
    ),
  )
  .map(
    ([where, of, ports]): ModelRule => ({
      ...where,
      action: 'allow',
      protocol: of,
      ports: of === 'tcp' || of === 'udp' ? ports : undefined,
    }),
  );

const bare = (where: Block): ModelRule => ({
  ...where,
  action: 'allow',
  protocol: undefined,
  ports: undefined,
});

/** What a list without protocols and ports may hold. */
export const bareRule = fc.oneof(range, block).map(bare);

/** What such a list of CIDRs alone may hold. */
export const bareBlock = block.map(bare);

function compare(item: Case, rules: readonly Rule[]): Coverage {
  const ports = item.ports.map(([first, last]) => ({ first, last }));
  return compareCoverage(selectionOf(item), rules, { protocol: item.protocol, ports }, item.families);
}

/** Possible rules in a case, of which the oracle tries every assignment. */
const mostPossible = 3;

/** How often an outcome shows that it was among many cases. */
export const enough = 150;

/** Judges cases by the oracle and by `rulesOf`, and returns how often there was something to find. */
export async function judgeCases(
  runs: number,
  rule: fc.Arbitrary<ModelRule>,
  rulesOf: (item: Case) => readonly Rule[] | Promise<readonly Rule[]>,
) {
  const seen = {
    passed: 0,
    missing: 0,
    partly: 0,
    extra: 0,
    deniesThatCount: 0,
    undecided: 0,
    openBeyond: 0,
  };
  const property = fc.asyncProperty(caseOf(rule), async (generated) => {
    const item = { ...generated, rules: withFewPossible(generated.rules) };
    const coverage = compare(item, await rulesOf(item));
    const expected = judgeNaively(item);
    const fault = difference(coverage, expected, item);
    if (fault !== undefined) throw new Error(fault);
    if (coverage.missing.length === 0) seen.passed++;
    else seen.missing++;
    if (coverage.missing.some(({ published, gaps }) => gaps.join() !== published.cidr.text)) seen.partly++;
    if (coverage.extra.length > 0) seen.extra++;
    if (coverage.undecided.length > 0) seen.undecided++;
    if (coverage.possiblyExtra.length > 0) seen.openBeyond++;
    const hasReason = coverage.doubts.length > 0;
    if (coverage.undecided.length > 0 && !hasReason) throw new Error('undecided without a doubt');
    if (seen.deniesThatCount > enough) return;
    const allows = judgeNaively({ ...item, rules: item.rules.filter((one) => one.action === 'allow') });
    if (allows.missing.size !== expected.missing.size) seen.deniesThatCount++;
  });
  // A fixed seed: what the cases must contain, counted by the caller, is the same every time.
  await fc.assert(property, { seed: 20240829, numRuns: runs });
  return seen;
}

function withFewPossible(rules: readonly ModelRule[]): ModelRule[] {
  let left = mostPossible;
  return rules.map((rule) => ({ ...rule, isPossible: rule.isPossible === true && left-- > 0 }));
}
