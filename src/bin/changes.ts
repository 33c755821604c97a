// /opt/resource/changes
import { compareGets } from '../changes.ts';
import type { Executable } from '../concourse/run.ts';
import { writeFiles } from '../outputs/writer.ts';

export const executable: Executable = {
  command: ({ args, log }) => compareGets(args, writeFiles, log),
  request: 'none',
};
