// /opt/resource/changes
import { compareGets } from '../changes.ts';
import { runTool } from '../concourse/run.ts';
import { writeTogether } from '../outputs/writer.ts';

void runTool(compareGets(writeTogether), '; the destination is as it was before');
