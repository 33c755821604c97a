// /opt/resource/in
import { requireArgument, run } from '../concourse/run.ts';
import { get } from '../in.ts';
import { writeTogether } from '../outputs/writer.ts';
import { realOutside } from './outside.ts';

void run((call) => {
  const destination = requireArgument(call.directory, 'the destination directory');
  return get(call.request, (files) => writeTogether(destination, files), realOutside(call));
}, '; the destination is as it was before');
