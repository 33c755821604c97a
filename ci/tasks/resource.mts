// The image's executables as a task calls them: a task has no stdin, so requests are made from its params.
import { spawnSync } from 'node:child_process';

/** What `in` and `out` answer. */
export interface Response {
  readonly version: Readonly<Record<string, string>>;
  readonly metadata: readonly { readonly name: string; readonly value: string }[];
}

/** A param of the task as JSON, which is what Concourse makes of a map; `{}` when it is empty. Ends the task otherwise. */
export function mapParam(name: string): Readonly<Record<string, unknown>> {
  const text = process.env[name] || '{}';
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Reported below.
  }
  process.stderr.write(`error: the param ${name} must be a map such as {"regions": ["us-gov-west-1"]}\n`);
  process.exit(1);
}

/**
 * The answer of an executable to a request. What it says to people is the task's output; when it fails, so does the
 * task, with its exit code.
 */
export function call(name: 'check' | 'in' | 'out', request: unknown, directory?: string): unknown {
  const { status, stdout, error } = spawnSync(
    `/opt/resource/${name}`,
    directory === undefined ? [] : [directory],
    { input: JSON.stringify(request), stdio: ['pipe', 'pipe', 'inherit'], encoding: 'utf8' },
  );
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
  return JSON.parse(stdout);
}

/** Finds the current version and writes its files to the directory: what `in` answers. */
export function getCurrent(source: object, params: object, directory: string): Response {
  const versions = call('check', { source }) as readonly Response['version'][];
  return call('in', { source, params, version: versions.at(-1) }, directory) as Response;
}

/** Shows the answer of `in` or `out` as the build page of a get or put step does. */
export function show({ version, metadata }: Response): void {
  const rows = { ...version, ...Object.fromEntries(metadata.map(({ name, value }) => [name, value])) };
  const width = 1 + Math.max(...Object.keys(rows).map((name) => name.length));
  for (const [name, value] of Object.entries(rows)) {
    process.stdout.write(`${name.padEnd(width)}${value.replaceAll('\n', `\n${' '.repeat(width)}`)}\n`);
  }
}
