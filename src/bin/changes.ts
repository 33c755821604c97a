// /opt/resource/changes
import { compareGets } from '../changes.ts';
import type { Executable } from '../concourse/run.ts';
import { writeTogether } from '../outputs/writer.ts';

export const executable: Executable = {
  command: ({ args, log }) => compareGets(writeTogether)(args, log),
  request: 'none',
  afterSignal: '; the destination is as it was before',
};
