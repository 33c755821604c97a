// The bytes of a rules file, as many as the guard reads.
import { show, UserError } from '../errors.ts';
import { fileFault } from '../files/fault.ts';
import { readRegularFile } from './regular-file.ts';
import { whatIsThere } from './what-is-there.ts';

/** Bytes that a rules file may have; a plan of thousands of resources has a few MiB. */
const largest = 64 * 1024 * 1024;

/** Bytes up to which a file is read so quickly that optimised code would not pay. */
const small = 1 << 20;

/** A rules file. */
export interface RulesFile {
  /** Its name, for messages. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** Has `use` read the file. Rejects with a UserError when it cannot be read. */
export async function withRulesFile<T>(
  path: string,
  name: string,
  use: (file: RulesFile) => Promise<T>,
): Promise<T> {
  let bytes: Buffer;
  try {
    bytes = readRegularFile(path);
  } catch (error) {
    throw unreadable(name, error, whatIsThere(path, name, 'their directory'));
  }
  if (bytes.length > largest) {
    throw new UserError(
      `${name} has ${bytes.length} bytes, more than the ${largest} (64 MiB) that the guard reads; name a file with fewer resources or rules`,
    );
  }
  if (bytes.length < small) doWithoutTurbofan();
  return await use({ name, bytes });
}

/**
 * Leaves code to Maglev from here on, which compiles quickly and is enough for a fifth of a second; TurboFan's threads would take a
 * quarter of the run's processor time. As in meanwhile.ts no flag of the start.
 */
function doWithoutTurbofan(): void {
  process.getBuiltinModule('node:v8').setFlagsFromString('--no-turbofan');
}

/** `there` is what stands where the file should. */
function unreadable(name: string, error: unknown, there?: string): UserError {
  return new UserError(
    `params.rules is ${show(name)}, which cannot be read: ${fileFault(error)}; ` +
      `name a file below the build's sources${there === undefined ? '' : ` (${there})`}`,
  );
}
