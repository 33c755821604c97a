// /opt/resource/in
import { type Executable, requireArgument } from '../concourse/run.ts';
import { get } from '../in.ts';
import { realOutside } from '../ip-ranges/outside.ts';
import { writeFiles } from '../outputs/writer.ts';

export const executable: Executable = {
  command: (call) => {
    const destination = requireArgument(call.args, 'the destination directory');
    return get(call.request, (files) => writeFiles(destination, files), realOutside(call));
  },
};
