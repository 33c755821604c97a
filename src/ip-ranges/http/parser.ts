// undici's parser of responses, which is WebAssembly.
import type { buildConnector } from 'undici';

/**
 * The connector, with which V8 leaves the parser to its first compiler. For a document it would compile it once more by
 * TurboFan, beside the run: 70 ms of processor time for nothing. The budget that decides it is read when the parser is made,
 * as soon as undici has its first connection. It is set only for that moment: under other flags Node compiles the modules
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
