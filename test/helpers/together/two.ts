// The other half of the unit tests.
import { importShare } from '../share.ts';

await importShare(1, 2);
