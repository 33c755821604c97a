// Whether a pipeline would work: every name leads somewhere, and what this resource is given is what it takes.
import { spawnSync } from 'node:child_process';
import { parseInParams, parseOutParams } from '../../src/config/params.ts';
import { parseSource } from '../../src/config/source.ts';
import { messageOf } from '../../src/errors.ts';
import { type Pipeline, parseStep, type Step, type Task } from './pipeline-schema.ts';
import { promisedFiles } from './readme.ts';

/** Types that come with Concourse. */
const builtIn = ['git', 'github-release', 'registry-image', 's3', 'semver', 'time'];

/** How pages and pipelines call the type of this resource. */
const ownType = 'aws-ip-ranges';

/** What is wrong with a pipeline: a sentence for each fault. */
export function faultsOf(pipeline: Pipeline): string[] {
  const faults: string[] = [];
  const types = [...builtIn, ...pipeline.resource_types.map(({ name }) => name)];
  for (const { name, type, source } of pipeline.resources) {
    if (!types.includes(type)) faults.push(`resource ${name}: there is no resource type ${type}`);
    if (type === ownType) faults.push(...faultsIn(`resource ${name}`, () => parseSource(source)));
  }
  for (const { name, plan, on_failure } of pipeline.jobs) {
    const job = new JobReader(pipeline, `job ${name}`);
    for (const step of plan) job.read(step);
    if (on_failure !== undefined) job.read(on_failure);
    faults.push(...job.faults);
  }
  return faults;
}

/** What is wrong with the shell script of a task, if it has one. */
function scriptFaults({ run }: Task, place: string): string[] {
  if (!/^(?:\/bin\/)?(?:ba)?sh$/.test(run.path) || !run.args[0]?.startsWith('-')) return [];
  const { status, stderr } = spawnSync(run.path, ['-n', '-c', run.args.at(-1) ?? ''], { encoding: 'utf8' });
  return status === 0 ? [] : [`${place}: ${stderr.trim()}`];
}

function faultsIn(place: string, parse: () => unknown): string[] {
  try {
    parse();
    return [];
  } catch (error) {
    return [`${place}: ${messageOf(error)}`];
  }
}

/** Goes through a job's steps in their order, and keeps what artifacts there are by then. */
class JobReader {
  readonly faults: string[] = [];
  readonly #artifacts = new Set<string>();
  #hasUnknownOutputs = false;
  /** Artifacts that this resource's `in` wrote. */
  readonly #own = new Set<string>();
  /** Vars of the build: what was loaded, and since Concourse 8.1 the metadata of a get. */
  readonly #vars = new Set<string>();
  readonly #pipeline: Pipeline;
  readonly #place: string;

  constructor(pipeline: Pipeline, place: string) {
    this.#pipeline = pipeline;
    this.#place = place;
  }

  read(value: unknown): void {
    let step: Step;
    try {
      step = parseStep(value);
    } catch (error) {
      this.faults.push(`${this.#place}: ${messageOf(error)}`);
      return;
    }
    for (const { var: name } of step.across) this.#vars.add(name);
    if ('in_parallel' in step) for (const inner of step.in_parallel) this.read(inner);
    else this.#requireVars(step);
    if ('get' in step) this.#readGet(step);
    else if ('put' in step) this.#readPut(step);
    else if ('task' in step) this.#readTask(step);
    else if ('load_var' in step) {
      this.#requireArtifact(`load_var ${step.load_var}`, step.file);
      this.#vars.add(step.load_var);
    }
    if (step.on_failure !== undefined) this.read(step.on_failure);
  }

  #readGet(step: Extract<Step, { get: string }>): void {
    const place = `get ${step.get}`;
    const resource = step.resource ?? step.get;
    for (const job of step.passed) {
      const plan = this.#pipeline.jobs.find(({ name }) => name === job)?.plan;
      if (plan === undefined) this.#fault(place, `there is no job ${job}`);
      else if (!resourcesOf(plan).has(resource))
        this.#fault(place, `the job ${job} neither gets nor puts this resource`);
    }
    if (this.#typeOf(place, resource) === ownType) {
      this.faults.push(...faultsIn(`${this.#place}, ${place}`, () => parseInParams(step.params)));
      this.#own.add(step.get);
    }
    this.#artifacts.add(step.get);
    this.#vars.add(step.get);
  }

  #readPut(step: Extract<Step, { put: string }>): void {
    const place = `put ${step.put}`;
    const inputs = step.inputs ?? [...this.#artifacts];
    for (const input of inputs) this.#requireArtifact(place, input);
    if (this.#typeOf(place, step.resource ?? step.put) === ownType) {
      this.faults.push(...faultsIn(`${this.#place}, ${place}`, () => parseOutParams(step.params)));
      const { rules, ranges } = step.params;
      for (const path of [rules, ranges]) {
        if (typeof path === 'string' && !inputs.includes(path.split('/')[0] ?? ''))
          this.#fault(place, `${path} is in none of its inputs`);
      }
      // The get that follows a put would fetch what the job has already, and can fail for its own reasons.
      if (!step.no_get) this.#fault(place, 'it has no no_get: true');
    }
    if (!step.no_get) this.#artifacts.add(step.put);
  }

  #readTask({ task, config, file, image }: Extract<Step, { task: string }>): void {
    const place = `task ${task}`;
    for (const path of [image, file]) if (path !== undefined) this.#requireArtifact(place, path);
    if (config === undefined) {
      if (file === undefined) this.#fault(place, 'has neither config nor file');
      // Those of a file elsewhere.
      this.#hasUnknownOutputs = true;
      return;
    }
    if (image === undefined && config.image_resource === undefined) this.#fault(place, 'has no image');
    for (const { name, optional } of config.inputs) if (!optional) this.#requireArtifact(place, name);
    this.faults.push(...scriptFaults(config, `${this.#place}, ${place}`));
    for (const name of this.#own) this.#requireFiles(place, name, config);
    for (const { name } of config.outputs) this.#artifacts.add(name);
  }

  /** What a script takes from this resource's directory must be a file that `in` writes. */
  #requireFiles(place: string, directory: string, { run, inputs }: Task): void {
    const paths = new RegExp(`(?<![\\w./-])(?:\\.\\./)*${directory}/([\\w.*$-]+)`, 'g');
    for (const [path, file = ''] of run.args.join('\n').matchAll(paths)) {
      if (!inputs.some(({ name }) => name === directory))
        this.#fault(place, `${path} is in none of its inputs`);
      if (!promisedFiles().includes(file))
        this.#fault(place, `${path} is no file that a get of this resource writes`);
    }
  }

  #typeOf(place: string, resource: string): string | undefined {
    const type = this.#pipeline.resources.find(({ name }) => name === resource)?.type;
    if (type === undefined) this.#fault(place, `there is no resource ${resource}`);
    return type;
  }

  #requireVars(step: Step): void {
    for (const [, name = ''] of JSON.stringify(step).matchAll(/\(\(\.:([\w-]+)/g)) {
      if (!this.#vars.has(name))
        this.#fault(String(Object.values(step)[0]), `there is no var ${name} by then`);
    }
  }

  #requireArtifact(place: string, path: string): void {
    const name = path.split('/')[0] ?? '';
    if (!this.#hasUnknownOutputs && !this.#artifacts.has(name))
      this.#fault(place, `there is no artifact ${name} by then`);
  }

  #fault(place: string, text: string): void {
    this.faults.push(`${this.#place}, ${place}: ${text}`);
  }
}

/** Resources that a plan gets or puts. */
function resourcesOf(plan: readonly unknown[]): Set<string> {
  const steps = JSON.stringify(plan).matchAll(/"(?:get|put|resource)":"([^"]+)"/g);
  return new Set([...steps].map(([, name]) => name ?? ''));
}
