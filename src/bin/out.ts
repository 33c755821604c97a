// /opt/resource/out
import { type Executable, requireArgument } from '../concourse/run.ts';
import { put } from '../out.ts';

export const executable: Executable = {
  command: ({ request, args, log, clock }) =>
    put(request, requireArgument(args, "the directory of the build's sources"), { log, now: clock.now }),
};
