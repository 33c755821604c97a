// /opt/resource/check. The build has each executable run by process.ts.
import { check } from '../check.ts';
import type { Executable } from '../concourse/run.ts';
import { realOutside } from '../ip-ranges/outside.ts';

/** Milliseconds that a check takes at most. Checks repeat, by default every minute, so this one gives up early. */
const longestCheck = 20_000;

export const executable: Executable = {
  command: (call) => check(call.request, realOutside(call, longestCheck)),
};
