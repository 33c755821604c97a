// /opt/resource/check
import { check } from '../check.ts';
import { run } from '../concourse/run.ts';
import { longestCheck } from '../ip-ranges/http/budget.ts';
import { realOutside } from './outside.ts';
import { prepareForTls } from './prepare-for-tls.ts';

void run((call) => {
  prepareForTls(call.request);
  return check(call.request, realOutside(call, longestCheck));
});
