// /opt/resource/out
import { requireArgument, run } from '../concourse/run.ts';
import { put } from '../out.ts';
import { realOutside } from './outside.ts';

void run((call) =>
  put(
    call.request,
    requireArgument(call.directory, "the directory of the build's sources"),
    realOutside(call),
  ),
);
