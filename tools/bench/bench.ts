// npm run bench: what the resource costs, side by side with what a user would write instead.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/errors.ts';
import { type Measurement, measure } from './measure.ts';
import { prepare } from './prepare.ts';
import { describeMachine, nodeVersion, requireTools } from './requirements.ts';
import { scenarios } from './scenarios.ts';
import { measurementTable, targetTable } from './table.ts';
import { judge } from './targets.ts';

const usage = `npm run bench -- [--node PATH] [--pairs N] [--quick] [--only TEXT] [--output FILE]

  --node PATH    the image's Node, or IMAGE_NODE; without either the running Node stands in
  --pairs N      runs of each, 20 unless given
  --quick        5 runs of each, and a document of twice the size for one of ten times
  --only TEXT    only scenarios with this in their names, without the verdict on the targets
  --output FILE  the measurements as JSON, dist/bench.json unless given
  --help         this text`;

const options = readOptions();
const pairs = Number(options.pairs ?? (options.quick ? 5 : 20));
const node = options.node || process.execPath;

const tools = requireTools();
const bench = await prepare(node, options.quick ? [1, 2] : [1, 10]);
const environment = {
  ...describeMachine(),
  imageNode: nodeVersion(node),
  runningNode: process.version,
  ...tools,
  document: `${bench.origin}, ${bench.sizes.get(1)} bytes`,
  pairs,
};
const measurements: Measurement[] = [];
try {
  for (const scenario of scenarios(bench.setting)) {
    if (!scenario.name.includes(options.only)) continue;
    process.stderr.write(`${scenario.name}…\n`);
    measurements.push(...(await measure(scenario, pairs, bench.equipment)));
  }
} finally {
  await bench.close();
}

const targets = options.only === '' ? judge(measurements, bench.sizes) : [];
await writeFile(options.output, `${JSON.stringify({ environment, targets, measurements }, undefined, 2)}\n`);
for (const [name, value] of Object.entries(environment)) console.log(`${name}: ${value}`);
if (options.node === '') {
  console.log("The running Node stands in for the image's: name that with --node PATH or IMAGE_NODE.");
}
if (targets.length > 0) console.log(`\n${targetTable(targets)}`);
console.log(`\nMedians of ${pairs} runs of each in turn:\n\n${measurementTable(measurements)}`);

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        node: { type: 'string', default: process.env['IMAGE_NODE'] ?? '' },
        pairs: { type: 'string' },
        quick: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        output: { type: 'string', default: 'dist/bench.json' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (!values.help) return values;
    console.log(usage);
    process.exit();
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${usage}`);
    process.exit(2);
  }
}
