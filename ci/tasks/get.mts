// check and in, as a pipeline would run them for this source: finds the current version and writes its files.
import { call, mapParam, type Response, show } from './resource.mts';

const source = mapParam('SOURCE');
const params = mapParam('PARAMS');

const versions = call('check', { source }) as readonly Response['version'][];
show(call('in', { source, params, version: versions.at(-1) }, 'ranges') as Response);
