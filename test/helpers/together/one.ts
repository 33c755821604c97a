// One half of the unit tests.
import { importShare } from '../share.ts';

await importShare(0, 2);
