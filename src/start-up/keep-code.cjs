// Makes what launcher.cjs loads: runs a bundle as that does, and keeps V8's code of the functions that ran, beside those that
// were kept before. `node [FLAGS] src/start-up/keep-code.cjs BUNDLE [ARGUMENT]`; V8 takes the code only with the same flags.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { Script } = require('node:vm');

const [bundle] = process.argv.splice(2, 1);
const cache = `${bundle}c`;
const cachedData = existsSync(cache) ? readFileSync(cache) : undefined;
const script = new Script(readFileSync(bundle, 'latin1'), { filename: bundle, cachedData });
if (script.cachedDataRejected) throw new Error(`V8 does not take the code in ${cache}`);
// V8 takes code only under the flags that it was kept under, those of a run's start.
require('node:v8').setFlagsFromString = () => undefined;
process.on('exit', () => writeFileSync(cache, script.createCachedData()));
script.runInThisContext();
