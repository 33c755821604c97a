// /opt/resource/check
import { check } from '../check.ts';
import { run } from '../concourse/run.ts';
import { longestCheck } from '../ip-ranges/http/budget.ts';
import { realOutside } from './outside.ts';

void run((call) => check(call.request, realOutside(call, longestCheck)));
