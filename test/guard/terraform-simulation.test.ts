// The guard on random worlds: what a plan's apply may leave in effect decides whether a verdict was right. TERRAFORM_WORLDS sets how many
// worlds there are, and TERRAFORM_SEED where they start.
import test from 'ava';
import { compareCoverage } from '../../src/guard/coverage.ts';
import { terraform } from '../../src/guard/terraform/form.ts';
import { selectionOf } from '../../src/selection/selection.ts';
import { addressIn, drawing, makeWorld, publishedCidrs, type World } from '../helpers/terraform-world.ts';

const worlds = Number(process.env['TERRAFORM_WORLDS'] ?? 2000);
const firstSeed = Number(process.env['TERRAFORM_SEED'] ?? 20_240_829);
const ordersTried = 12;
const selection = selectionOf(publishedCidrs.map((cidr) => ({ ip_prefix: cidr, region: 'r', service: 's' })));
const traffic = { protocol: 'tcp', ports: [{ first: 443, last: 443 }] };

function judge({ plan, direction }: World, address: string) {
  const place = { file: 'plan', path: '', value: plan };
  const candidate = terraform.candidates(place, direction).all.find(({ names }) => names.includes(address));
  const { rules } = candidate?.read() ?? { rules: [] };
  const { missing, undecided } = compareCoverage(selection, rules, traffic, [4]);
  return missing.length > 0 ? 'leaves out' : undecided.length > 0 ? 'undecided' : 'covered';
}

test('no verdict on a random world is wrong, whatever the order of the apply', (t) => {
  const seen = { covered: 0, 'leaves out': 0, undecided: 0 };
  for (let seed = firstSeed; seed < firstSeed + worlds; seed++) {
    const draw = drawing(seed);
    const world = makeWorld(draw);
    for (const [name, id] of world.containers) {
      const verdict = judge(world, addressIn(world.plan, name));
      seen[verdict]++;
      if (verdict === 'undecided') continue;
      const outcomes = Array.from({ length: ordersTried }, () => world.apply(id, draw));
      const covers = ({ allowed }: { allowed: ReadonlySet<string> }) =>
        allowed.size === publishedCidrs.length;
      const isWrong =
        verdict === 'covered'
          ? !outcomes.every(covers)
          : outcomes.some((outcome) => covers(outcome) && !outcome.hasFailed);
      if (isWrong)
        t.fail(`seed ${seed}: ${name} (${id}) is judged ${verdict}: ${JSON.stringify(world.plan)}`);
    }
  }
  t.log(JSON.stringify(seen));
  t.true(Math.min(...Object.values(seen)) > worlds / 50);
});
