// Who does a job: the resource as it is installed, a script of wget and jq, or Node with nothing to do.
import { fileURLToPath } from 'node:url';
import type { Subject } from './measure.ts';

/** How the resource is installed. */
export interface Installation {
  readonly name: string;
  /** What runs the executable, its path included. */
  argv(executable: Executable): readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export type Executable = 'check' | 'in' | 'out';

/** Names that ratios are made of. */
export const names = {
  image: 'as in the image',
  script: 'wget and jq',
  onePass: 'wget to jq, one pass',
  withoutPause: 'wget and jq, no pause',
  node: 'node -e 0',
} as const;

/** Without proxies, which the environment of a Concourse worker might name. */
const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' };

/** The resource. `given` is its directory where that is not a new, empty one. */
export function resource(
  installation: Installation,
  executable: Executable,
  request: object,
  given?: string,
): Subject {
  const argv = installation.argv(executable);
  return {
    name: installation.name,
    command: (directory) => ({
      argv: executable === 'check' ? argv : [...argv, given ?? directory],
      env: { ...env, ...installation.env },
      input: JSON.stringify(request),
    }),
  };
}

/** A script of the baseline folder. */
export function script(
  name: string,
  file: string,
  request: { readonly source: { readonly url: string; readonly regions?: readonly string[] } },
  wgetOptions: readonly string[],
): Subject {
  const { url, regions } = request.source;
  // The condition is built in, as the URL is for the one-pass scripts.
  const condition = ['.service == "S3"', ...(regions ?? []).map((name) => `.region == "${name}"`)].join(
    ' and ',
  );
  const path = fileURLToPath(new URL(`baseline/${file}.sh`, import.meta.url));
  return {
    name,
    command: (directory) => ({
      argv: ['/bin/sh', path, directory],
      env: { ...env, WGET_OPTIONS: wgetOptions.join(' '), URL: url, CONDITION: condition },
      input: JSON.stringify(request),
    }),
  };
}

export function bareNode(node: string): Subject {
  return { name: names.node, command: () => ({ argv: [node, '-e', '0'], env, input: '' }) };
}

/** The same subject, named after the size of its document. */
export function sized(subject: Subject, factor: number): Subject {
  return { ...subject, name: sizedName(subject.name, factor) };
}

export function sizedName(name: string, factor: number): string {
  return `${name}, ×${factor}`;
}
