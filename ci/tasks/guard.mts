// out, as a put step would run it: do the rules in this file cover every range that AWS publishes for this source?
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { call, getCurrent, mapParam, type Response, show } from './resource.mts';

const source = mapParam('SOURCE');
const params = {
  rules: `rules/${process.env['RULES'] || 'rules.json'}`,
  ranges: existsSync('ranges') ? 'ranges' : currentRanges(),
  ...mapParam('PARAMS'),
};

show(call('out', { source, params }, '.') as Response);

/** Without the optional input: the files of the current version, in a directory that the end of the task removes. */
function currentRanges(): string {
  const directory = mkdtempSync('ranges-');
  process.on('exit', () => rmSync(directory, { recursive: true }));
  getCurrent(source, {}, directory);
  return directory;
}
