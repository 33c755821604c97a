// What is done while a document is on its way, and costs no time then.

/** Loads what every document needs later, and has V8 leave its code as it is. */
export function prepareForDocument(): void {
  // For the digest; loading it takes 7 ms.
  process.getBuiltinModule('node:crypto');
  // V8 would spend processor time, in threads beside the run, on optimising code that the run then hardly calls any more.
  // Maglev is enough. Not as a flag of the start: under any other than its own, Node compiles the modules that it brings
  // along anew, which takes longer than a check.
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  // Not --max-optimized-bytecode-size=0, which keeps Maglev from much of the code, too.
  setFlagsFromString('--no-turbofan');
}
