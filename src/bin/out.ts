// /opt/resource/out
import { requireArgument, run } from '../concourse/run.ts';
import { put } from '../out.ts';

void run((call) =>
  put(call.request, requireArgument(call.directory, "the directory of the build's sources"), {
    log: call.log,
    now: Date.now,
  }),
);
