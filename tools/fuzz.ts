// Mutates documents and has check and in read them, a million of another seed every time: `npm run fuzz`. What fails is
// printed with the command that repeats it: `npm run fuzz -- COUNT --seed N --from INDEX`.
import { parseArgs } from 'node:util';
import { disagreement, makeCase } from '../test/helpers/fuzz/agreement.ts';

const { values, positionals } = readOptions();
const count = Number(positionals[0] ?? 1_000_000);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const from = Number(values.from);
if (![count, seed, from].every(Number.isSafeInteger)) exitWithUsage();

const started = performance.now();
const tally = new Map<string, { cases: number; accepted: number }>();
let accepted = 0;
let withAnotherList = 0;
for (let index = from; index < from + count; index++) {
  const one = makeCase(seed, index);
  const fault = await disagreement(one);
  if (fault !== undefined) {
    console.error(`npm run fuzz -- 1 --seed ${seed} --from ${index} (${one.mutations.join(', ')}): ${fault}`);
    console.error(
      `source ${JSON.stringify(one.source)}, document in base64:\n${one.bytes.toString('base64')}`,
    );
    process.exit(1);
  }
  const isAccepted = one.expected !== undefined;
  if (isAccepted) accepted++;
  if (isAccepted && one.expected?.version.digest !== one.given.digest) withAnotherList++;
  for (const name of new Set(one.mutations)) {
    const row = tally.get(name) ?? { cases: 0, accepted: 0 };
    tally.set(name, { cases: row.cases + 1, accepted: row.accepted + Number(isAccepted) });
  }
}
const seconds = (performance.now() - started) / 1000;

for (const [name, row] of [...tally].sort(([, a], [, b]) => b.accepted / b.cases - a.accepted / a.cases)) {
  console.log(`${percent(row.accepted, row.cases)} accepted of ${String(row.cases).padStart(7)}  ${name}`);
}
console.log(
  `seed ${seed}: ${count} cases, ${percent(accepted, count).trim()} accepted (${percent(withAnotherList, count).trim()} with ` +
    'another list than before), no disagreement, ' +
    `${seconds.toFixed(1)} s, ${Math.round(count / seconds)} cases a second`,
);

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1).padStart(5)} %`;
}

function readOptions() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { seed: { type: 'string' }, from: { type: 'string', default: '0' } },
    });
  } catch {
    return exitWithUsage();
  }
}

function exitWithUsage(): never {
  console.error('usage: npm run fuzz -- [COUNT] [--seed N] [--from INDEX]');
  process.exit(2);
}
