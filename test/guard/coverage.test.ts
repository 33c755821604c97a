// Coverage is exactly right: against an oracle that looks at every address and port.
import test from 'ava';
import { rangeToCidrs } from '../../src/addresses/address-range.ts';
import type { Family } from '../../src/addresses/cidr.ts';
import { compareCoverage } from '../../src/guard/coverage.ts';
import { readRules } from '../../src/guard/read-rules.ts';
import type { Rule } from '../../src/guard/rule.ts';
import { enough, judgeCases, openRule } from '../helpers/coverage-cases.ts';
import { bases, type ModelRule } from '../helpers/coverage-oracle.ts';
import { rulesFileOf } from '../helpers/guard.ts';

const toRule = (
  { family, first, last, action: what, protocol: of, ports, isPossible }: ModelRule,
  base: number,
): Rule => ({
  doubt: isPossible === true ? { place: 'rule', reason: 'is open', wayOut: 'decide it' } : undefined,
  range: { family, first: startOf(family, base) + BigInt(first), last: startOf(family, base) + BigInt(last) },
  action: what,
  protocol: of,
  ports: ports?.map(([from, to]) => ({ first: from, last: to })),
});
const startOf = (family: Family, base: number) => bases[family][base] ?? 0n;

test('every outcome is what looking at every address and port finds, however the possible rules turn out', async (t) => {
  const seen = await judgeCases(10_000, openRule, ({ rules, base }) =>
    rules.map((rule) => toRule(rule, base)),
  );
  for (const [what, count] of Object.entries(seen)) t.true(count > enough, `${what}: ${count}`);
});

test('in mode exact only the families of the selection are compared', async (t) => {
  const { rules } = await readRules(rulesFileOf(Buffer.from('["10.0.0.0/8", "2001:db8::/32"]')));
  const extra = (families: readonly Family[]) =>
    compareCoverage(
      [],
      rules,
      { protocol: 'tcp', ports: [{ first: 443, last: 443 }] },
      families,
    ).extra.flatMap(rangeToCidrs);
  t.deepEqual(extra([4]), ['10.0.0.0/8']);
  t.deepEqual(extra([6]), ['2001:db8::/32']);
  t.deepEqual(extra([4, 6]), ['10.0.0.0/8', '2001:db8::/32']);
});
