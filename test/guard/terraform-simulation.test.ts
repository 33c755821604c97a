// The guard on random worlds: what a plan's apply may leave in effect decides whether a verdict was right. TERRAFORM_WORLDS sets how many
// worlds there are, and TERRAFORM_SEED where they start.
import test from 'ava';
import { compareCoverage } from '../../src/guard/coverage.ts';
import { terraform } from '../../src/guard/terraform/form.ts';
import { selectionOf } from '../../src/selection/selection.ts';
import { drawing, makeWorld, publishedCidrs, type World, worldCidrs } from '../helpers/terraform-world.ts';

const worlds = Number(process.env['TERRAFORM_WORLDS'] ?? 2000);
const firstSeed = Number(process.env['TERRAFORM_SEED'] ?? 20_240_829);
const ordersTried = 12;
type Outcome = ReturnType<World['apply']>;
const selection = selectionOf(publishedCidrs.map((cidr) => ({ ip_prefix: cidr, region: 'r', service: 's' })));
const beyond = worldCidrs[2] ?? '';
const traffic = { protocol: 'tcp', ports: [{ first: 443, last: 443 }] };

/** What the guard says of a container, and whether it says that nothing beyond the published CIDRs is possibly allowed. */
function judge({ plan, direction }: World, address: string) {
  const place = { file: 'plan', path: '', value: plan };
  const candidate = terraform.candidates(place, direction).all.find(({ names }) => names.includes(address));
  const { rules } = candidate?.read() ?? { rules: [] };
  const { missing, undecided, extra, possiblyExtra } = compareCoverage(selection, rules, traffic, [4]);
  const verdict = missing.length > 0 ? 'leaves out' : undecided.length > 0 ? 'undecided' : 'covered';
  return { verdict, isExact: extra.length + possiblyExtra.length === 0 } as const;
}

test('no verdict on a random world is wrong, whatever the order of the apply', (t) => {
  const seen = { covered: 0, 'leaves out': 0, undecided: 0, exact: 0 };
  for (let seed = firstSeed; seed < firstSeed + worlds; seed++) {
    const draw = drawing(seed);
    const world = makeWorld(draw);
    for (const { address, id } of world.containers) {
      const { verdict, isExact } = judge(world, address);
      seen[verdict]++;
      if (isExact) seen.exact++;
      const outcomes = Array.from({ length: ordersTried }, () => world.apply(id, draw));
      const covers = ({ allowed }: Outcome) => publishedCidrs.every((cidr) => allowed.has(cidr));
      const isWrong =
        (verdict === 'covered' && !outcomes.every(covers)) ||
        (verdict === 'leaves out' && outcomes.some((outcome) => covers(outcome) && !outcome.hasFailed)) ||
        (isExact && outcomes.some(({ allowed, hasFailed }) => allowed.has(beyond) && !hasFailed));
      if (isWrong) {
        const exact = isExact ? ' and exact' : '';
        t.fail(
          `seed ${seed}: ${address} (${id}) is judged ${verdict}${exact}: ${JSON.stringify(world.plan)}`,
        );
      }
    }
  }
  t.log(JSON.stringify(seen));
  t.true(Math.min(...Object.values(seen)) > worlds / 50);
});
