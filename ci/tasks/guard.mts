// out, as a put step would run it: do the rules in this file cover every range that AWS publishes for this source?
import { existsSync } from 'node:fs';
import { call, mapParam, type Response, show } from './resource.mts';

const source = mapParam('SOURCE');
const params = {
  rules: `rules/${process.env['RULES'] || 'rules.json'}`,
  // The optional input: what a get has written. Without it the rules are judged by what AWS publishes now.
  ...(existsSync('ranges') && { ranges: 'ranges' }),
  ...mapParam('PARAMS'),
};

show(call('out', { source, params }, '.') as Response);
