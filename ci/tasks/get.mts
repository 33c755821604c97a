// check and in, as a pipeline would run them for this source: finds the current version and writes its files.
import { getCurrent, mapParam, show } from './resource.mts';

show(getCurrent(mapParam('SOURCE'), mapParam('PARAMS'), 'ranges'));
