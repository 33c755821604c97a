// /opt/resource/check. The build has each executable run by process.ts.
import { check } from '../check.ts';
import type { Executable } from '../concourse/run.ts';
import { longestCheck } from '../ip-ranges/http/budget.ts';
import { realOutside } from '../ip-ranges/outside.ts';

export const executable: Executable = {
  command: (call) => check(call.request, realOutside(call, longestCheck)),
};
