// The contract: what `in` promises to write, by a semantic version that a pipeline can insist on.
import { show, UserError } from '../errors.ts';

/** Version of what README.md promises under "in: the ranges as files"; a change that could break a reader is a major one. */
export const contractVersion = '2.0.0';

/** Throws a UserError unless this image promises what the pipeline was written for. */
export async function requireContract(range: string | undefined): Promise<void> {
  if (range === undefined) return;
  const [{ default: satisfies }, { default: validRange }] = await Promise.all([
    import('semver/functions/satisfies.js'),
    import('semver/ranges/valid.js'),
  ]);
  if (validRange(range) === null) {
    throw new UserError(`source.contract must be a semver range such as ^2, not ${show(range)}`);
  }
  if (satisfies(contractVersion, range)) return;
  throw new UserError(
    `source.contract is ${show(range)}, but this image writes its files by contract ${contractVersion}; ` +
      'pin the image to a tag with a matching contract, or adapt the pipeline and change source.contract',
  );
}
