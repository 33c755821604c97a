// The tools that the benchmark runs, and the machine that it runs on.
import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { UserError } from '../../src/errors.ts';

const packages = { python3: 'python3', wget: 'wget', jq: 'jq', sha256sum: 'coreutils' } as const;

/** The first line of what each tool says to --version. Throws a UserError for tools that are missing, with what installs them. */
export function requireTools(): Record<string, string> {
  const versions = Object.keys(packages).map((tool) => [tool, firstLine(tool, ['--version'])] as const);
  const missing = versions.filter(([, version]) => version === undefined).map(([tool]) => tool);
  if (missing.length > 0) {
    const install = missing.map((tool) => packages[tool as keyof typeof packages]).join(' ');
    throw new UserError(`${missing.join(', ')} not found; on Debian: apt-get install ${install}`);
  }
  return Object.fromEntries(versions.map(([tool, version]) => [tool, version ?? '']));
}

/** `v26.10.0` for the path of a Node. Throws a UserError when it does not run. */
export function nodeVersion(node: string): string {
  const version = firstLine(node, ['--version']);
  if (version === undefined) throw new UserError(`--node ${node} does not run`);
  return version;
}

/** Whether wget speaks TLS by GnuTLS. */
export function usesGnuTls(): boolean {
  return spawnSync('wget', ['--version'], { encoding: 'utf8' }).stdout.includes('+ssl/gnutls');
}

export function describeMachine(): Record<string, string | number> {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    processors: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    load: loadavg()[0] ?? 0,
  };
}

function firstLine(command: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n', 1)[0] : undefined;
}
