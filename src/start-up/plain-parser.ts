// Buys 27 ms of the 86 ms of processor time of a check with something new: undici's parser of responses is WebAssembly, which
// V8 would compile a second time by TurboFan, beside the run, for nothing. Without this file everything works, and is slower.
import type { buildConnector } from 'undici';

/**
 * The connector, with which V8 leaves the parser to its first compiler. The budget that decides it is read when the parser is
 * made, as soon as undici has its first connection. It is set only for that moment: under other flags Node compiles the modules
 * that it brings along anew.
 */
export function withPlainParser(connector: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connector(options, (...result) => {
      const { setFlagsFromString } = process.getBuiltinModule('node:v8');
      setFlagsFromString('--wasm-tiering-budget=1000000000');
      callback(...result);
      // What it is in Node 26.
      setFlagsFromString('--wasm-tiering-budget=13000000');
    });
}
