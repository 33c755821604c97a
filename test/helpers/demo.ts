// The demo with the executables as functions in this process.
import type { Run } from '../../demo/resource.ts';
import { run } from './executables.ts';

/** check keeps its memory in the directory. */
export function runForDemo(directory: string): Run {
  return async (name, request, args) => {
    const { code, stdout, stderr } = await run(name, request, { args, env: { TMPDIR: directory } });
    return { exitCode: code, stdout, stderr };
  };
}
