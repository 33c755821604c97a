// npm run bench: what the resource costs, side by side with what a user would write instead.
import { writeFile } from 'node:fs/promises';
import { UserError } from '../../src/errors.ts';
import { fileFault } from '../../src/files/fault.ts';
import { type Measurement, measure } from './measure.ts';
import { chosen, type Options, readOptions, usage } from './options.ts';
import { prepare } from './prepare.ts';
import { describeMachine, nodeVersion, requireTools } from './requirements.ts';
import { scenarios } from './scenarios.ts';
import { measurementTable, targetTable } from './table.ts';
import { judge } from './targets.ts';

try {
  const options = readOptions(process.argv.slice(2), process.env['IMAGE_NODE']);
  if (options === undefined) console.log(usage);
  else await main(options);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 2;
}

async function main({ node: given, pairs, quick, only, output }: Options): Promise<void> {
  const node = given || process.execPath;
  const tools = requireTools();
  const imageNode = nodeVersion(node);
  const bench = await prepare(node, quick ? [1, 2] : [1, 10]);
  const measurements: Measurement[] = [];
  try {
    for (const scenario of chosen(scenarios(bench.setting), only)) {
      process.stderr.write(`${scenario.name}…\n`);
      measurements.push(...(await measure(scenario, pairs, bench.equipment)));
    }
  } finally {
    await bench.close();
  }

  const environment = {
    ...describeMachine(),
    imageNode,
    runningNode: process.version,
    ...tools,
    document: `${bench.origin}, ${bench.sizes.get(1)} bytes`,
    pairs,
  };
  const targets = only === '' ? judge(measurements, bench.sizes) : [];
  for (const [name, value] of Object.entries(environment)) console.log(`${name}: ${value}`);
  if (given === '') {
    console.log("The running Node stands in for the image's: name that with --node PATH or IMAGE_NODE.");
  }
  if (targets.length > 0) console.log(`\n${targetTable(targets)}`);
  console.log(`\nMedians of ${pairs} runs of each in turn:\n\n${measurementTable(measurements)}`);
  // Last: what took minutes is shown even where the file cannot be written.
  await writeFile(output, `${JSON.stringify({ environment, targets, measurements }, undefined, 2)}\n`).catch(
    (error: unknown) => {
      throw new UserError(`--output ${output} cannot be written: ${fileFault(error)}`);
    },
  );
}
